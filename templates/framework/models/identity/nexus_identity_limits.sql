-- One row a sighting that leaves its occurrence, because its entity would have more identifiers of a type than it may.
{{ config(enabled=nexus.nexus_limits() | length > 0, materialized='nexus_limits') }}
{{ nexus.nexus_unlimited_sightings() }}
