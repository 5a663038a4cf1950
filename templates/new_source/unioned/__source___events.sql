-- Layer 4, unioned: the part `events` of the contract.
{{ config(materialized='table', enabled=nexus.nexus_source_enabled('__source__')) }}

{{ nexus.nexus_union(['__source___contact_events'], nexus.nexus_contract('events')) }}
