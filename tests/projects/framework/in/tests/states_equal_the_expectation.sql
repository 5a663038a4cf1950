-- Acme's billing, entered through its domain and its account: trial on January 1, active on February 1 and again on the 15th
-- (one interval), past_due and paused at one instant of March (ledger has priority 1: paused), trial and active at one of
-- April (one source: event e06a before e06b, active), ended on May 1, active since June. Account health follows from billing and app: the
-- end of billing ends it, and on June 1 both change at once, which is one change. Dana's support status ends without a successor. Nora's calls:
-- c2 repeats c1; c3 and c4 are simultaneous (c3: on hold); c5 ends; c7 is a listener's, c8 is no such event; c6 opens again.
with found as (
    select holders.holder, states.state_name, states.state_value, states.state_entered_at, states.state_exited_at
    from {{ ref('nexus_states') }} as states
    left join {{ ref('holders') }} as holders on states.entity_id = holders.entity_id
)

{{ differences('found', ref('expected_states'), ['holder', 'state_name', 'state_value', 'state_entered_at', 'state_exited_at']) }}
