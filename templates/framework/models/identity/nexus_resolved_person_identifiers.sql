-- One row an identifier of a person and the person it belongs to.
{{ config(materialized='view') }}
{{ nexus.nexus_resolved_identifiers_of('person') }}
