-- One row an uninterrupted time in which a person belongs to a group in one role.
select
    {{ nexus.create_nexus_id('membership', ['relationship_id']) }} as membership_id,
    relationship_id,
    case when entity_a_type = 'person' then entity_a_id else entity_b_id end as person_id,
    case when entity_a_type = 'person' then entity_b_id else entity_a_id end as group_id,
    case when entity_a_type = 'person' then entity_a_role else entity_b_role end as role,
    case when entity_a_type = 'person' then entity_b_role else entity_a_role end as group_role,
    established_at,
    ended_at,
    is_current,
    first_seen_at,
    last_seen_at,
    declarations,
    _ingested_at
from {{ ref('nexus_relationships') }}
where relationship_type = 'membership'
    and (
        (entity_a_type = 'person' and entity_b_type = 'group')
        or (entity_a_type = 'group' and entity_b_type = 'person')
    )
