-- Layer 4, unioned: the part `relationship_declarations` of the contract. A person with a company's address is its member.
{{ config(materialized='table', enabled=nexus.nexus_source_enabled('__source__')) }}

select
    {{ nexus.create_nexus_id('relationship_declaration', ['event_id', "'membership'", 'contact_id', 'domain']) }} as relationship_declaration_id,
    event_id,
    occurred_at,
    contact_id as entity_a_identifier,
    '__source___contact_id' as entity_a_identifier_type,
    'person' as entity_a_type,
    'member' as entity_a_role,
    domain as entity_b_identifier,
    'domain' as entity_b_identifier_type,
    'group' as entity_b_type,
    'organization' as entity_b_role,
    'membership' as relationship_type,
    'a_to_b' as relationship_direction,
    true as is_active,
    source,
    _ingested_at
from {{ ref('__source___contact_events') }}
where domain is not null
