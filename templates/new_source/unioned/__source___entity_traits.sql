-- Layer 4, unioned: the part `entity_traits` of the contract.
{{ config(materialized='table', enabled=nexus.nexus_source_enabled('__source__')) }}

{{ nexus.nexus_union(['__source___person_traits'], nexus.nexus_contract('entity_traits')) }}
