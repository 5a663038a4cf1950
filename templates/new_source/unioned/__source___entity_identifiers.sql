-- Layer 4, unioned: the part `entity_identifiers` of the contract.
{{ config(materialized='table', enabled=nexus.nexus_source_enabled('__source__')) }}

{{ nexus.nexus_union(['__source___person_identifiers', '__source___group_identifiers'], nexus.nexus_contract('entity_identifiers')) }}
