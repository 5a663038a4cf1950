-- One row a declaration with the entities of its ends; null where an end is no known identifier. Of a relation
-- without direction the smaller entity id is end a.
{{ config(materialized='view') }}
with resolved as (
    select
        declarations.relationship_declaration_id,
        declarations.event_id,
        declarations.occurred_at,
        ends_a.entity_id as entity_a_id,
        declarations.entity_a_type,
        declarations.entity_a_role,
        ends_b.entity_id as entity_b_id,
        declarations.entity_b_type,
        declarations.entity_b_role,
        declarations.relationship_type,
        declarations.relationship_direction,
        declarations.is_active,
        declarations.source,
        declarations._ingested_at,
        coalesce(
            declarations.relationship_direction = 'bidirectional'
            and {{ nexus.nexus_byte_order('ends_b.entity_id') }} < {{ nexus.nexus_byte_order('ends_a.entity_id') }},
            false
        ) as is_turned
    from {{ ref('nexus_relationship_declarations') }} as declarations
    left join {{ ref('nexus_resolved_identifiers') }} as ends_a
        on declarations.entity_a_type = ends_a.entity_type
        and declarations.entity_a_identifier_type = ends_a.identifier_type
        and declarations.entity_a_identifier = ends_a.identifier_value
    left join {{ ref('nexus_resolved_identifiers') }} as ends_b
        on declarations.entity_b_type = ends_b.entity_type
        and declarations.entity_b_identifier_type = ends_b.identifier_type
        and declarations.entity_b_identifier = ends_b.identifier_value
)

select
    relationship_declaration_id,
    event_id,
    occurred_at,
    case when is_turned then entity_b_id else entity_a_id end as entity_a_id,
    case when is_turned then entity_b_type else entity_a_type end as entity_a_type,
    case when is_turned then entity_b_role else entity_a_role end as entity_a_role,
    case when is_turned then entity_a_id else entity_b_id end as entity_b_id,
    case when is_turned then entity_a_type else entity_b_type end as entity_b_type,
    case when is_turned then entity_a_role else entity_b_role end as entity_b_role,
    relationship_type,
    relationship_direction,
    is_active,
    source,
    _ingested_at
from resolved
