with found as (
    select holders.holder, states.state_name, states.state_value, states.state_entered_at, states.state_exited_at
    from {{ ref('nexus_states') }} as states
    left join {{ ref('holders') }} as holders on states.entity_id = holders.entity_id
)

{{ differences('found', ref('expected_states'), ['holder', 'state_name', 'state_value', 'state_entered_at', 'state_exited_at']) }}
