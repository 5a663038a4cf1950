-- Intervals of one entity and state that overlap, are empty or run backwards.
with ordered as (
    select
        state_id,
        entity_id,
        state_name,
        state_entered_at,
        state_exited_at,
        lead(state_entered_at) over (partition by entity_id, state_name order by state_entered_at asc, state_exited_at asc nulls last) as next_entered_at
    from {{ ref('nexus_states') }}
)

select state_id, entity_id, state_name, state_entered_at, state_exited_at, next_entered_at
from ordered
where state_entered_at is null
    or state_exited_at <= state_entered_at
    or (next_entered_at is not null and (state_exited_at is null or state_exited_at > next_entered_at))
