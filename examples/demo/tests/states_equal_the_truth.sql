-- The intervals of every company's states, to the second, late and repeated deliveries included.
with keys as (
    select distinct resolved.group_id, truth.group_key
    from {{ ref('nexus_resolved_group_identifiers') }} as resolved
    inner join {{ ref('groups') }} as truth
        on resolved.identifier_type = truth.identifier_type
        and resolved.identifier_value = truth.identifier_value
),

found as (
    select
        keys.group_key,
        states.state_name,
        states.state_value,
        states.state_entered_at,
        states.state_exited_at
    from {{ ref('nexus_states') }} as states
    left join keys on states.entity_id = keys.group_id
    where states.state_name in ('billing_lifecycle', 'app_installation')
        and states.state_value is not null
),

expected as (
    select group_key, state_name, state_value, state_entered_at, state_exited_at
    from {{ ref('states') }}
)

select 'found only' as side, missing.group_key, missing.state_name, missing.state_value, missing.state_entered_at, missing.state_exited_at
from (select * from found except all select * from expected) as missing
union all
select 'expected only' as side, missing.group_key, missing.state_name, missing.state_value, missing.state_entered_at, missing.state_exited_at
from (select * from expected except all select * from found) as missing
