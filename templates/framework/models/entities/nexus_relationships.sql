-- One row an uninterrupted interval of a relation between two entities in one role. It is established by the
-- first declaration that it holds, and ended by the next one that it does not; of several at one instant one that it holds
-- decides. An end without a beginning has no established_at.
with instants as (
    select
        entity_a_id,
        entity_a_type,
        entity_a_role,
        entity_b_id,
        entity_b_type,
        entity_b_role,
        relationship_type,
        relationship_direction,
        occurred_at,
        max(case when is_active then 1 else 0 end) as holds,
        count(*) as declarations,
        max(_ingested_at) as _ingested_at
    from {{ ref('nexus_resolved_relationship_declarations') }}
    where entity_a_id is not null
        and entity_b_id is not null
        and occurred_at is not null
    group by
        entity_a_id, entity_a_type, entity_a_role, entity_b_id, entity_b_type, entity_b_role,
        relationship_type, relationship_direction, occurred_at
),

numbered as (
    select
        entity_a_id,
        entity_a_type,
        entity_a_role,
        entity_b_id,
        entity_b_type,
        entity_b_role,
        relationship_type,
        relationship_direction,
        occurred_at,
        holds,
        declarations,
        _ingested_at,
        -- An end belongs to the interval before it: the number rises after each end.
        cast(coalesce(sum(1 - holds) over (
            partition by entity_a_id, entity_a_role, entity_b_id, entity_b_role, relationship_type, relationship_direction
            order by occurred_at
            rows between unbounded preceding and 1 preceding
        ), 0) as {{ dbt.type_bigint() }}) as interval_number
    from instants
),

intervals as (
    select
        entity_a_id,
        entity_a_type,
        entity_a_role,
        entity_b_id,
        entity_b_type,
        entity_b_role,
        relationship_type,
        relationship_direction,
        interval_number,
        min(case when holds = 1 then occurred_at end) as established_at,
        min(case when holds = 0 then occurred_at end) as ended_at,
        max(case when holds = 1 then occurred_at end) as last_held_at,
        min(occurred_at) as first_seen_at,
        sum(declarations) as declarations,
        max(_ingested_at) as _ingested_at
    from numbered
    group by
        entity_a_id, entity_a_type, entity_a_role, entity_b_id, entity_b_type, entity_b_role,
        relationship_type, relationship_direction, interval_number
)

select
    {{ nexus.create_nexus_id('relationship', [
        'entity_a_id', 'entity_a_role', 'entity_b_id', 'entity_b_role', 'relationship_type', 'relationship_direction', 'interval_number'
    ]) }} as relationship_id,
    entity_a_id,
    entity_a_type,
    entity_a_role,
    entity_b_id,
    entity_b_type,
    entity_b_role,
    relationship_type,
    relationship_direction,
    established_at,
    ended_at,
    ended_at is null as is_current,
    first_seen_at,
    last_held_at as last_seen_at,
    declarations,
    _ingested_at
from intervals
-- A second end in a row says nothing new.
where established_at is not null
    or interval_number = 0
