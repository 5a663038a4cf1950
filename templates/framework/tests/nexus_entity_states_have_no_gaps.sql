-- Rows of one entity that do not meet the next one: a time without states must be a row, and the last row open.
with ordered as (
    select
        entity_state_id,
        entity_id,
        valid_from,
        valid_to,
        is_current,
        lead(valid_from) over (partition by entity_id order by valid_from) as next_from
    from {{ ref('nexus_entity_states') }}
)

select entity_state_id, entity_id, valid_from, valid_to, is_current, next_from
from ordered
where valid_from is null
    or valid_to <= valid_from
    or {{ nexus.nexus_is_distinct('valid_to', 'next_from') }}
    or {{ nexus.nexus_is_distinct('is_current', '(next_from is null)') }}
