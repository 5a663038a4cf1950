-- The same states side by side: a row for each change of any of them, and for the times without one (Dana from January 3,
-- Nora from January 4 to 6).
with found as (
    select
        holders.holder,
        states.billing_lifecycle,
        states.app_installation,
        states.support_status,
        states.account_health,
        states.call_status,
        states.valid_from,
        states.valid_to,
        states.is_current,
        states.is_gap
    from {{ ref('nexus_entity_states') }} as states
    left join {{ ref('holders') }} as holders on states.entity_id = holders.entity_id
)

{{ differences('found', ref('expected_entity_states'), [
    'holder', 'billing_lifecycle', 'app_installation', 'support_status', 'account_health', 'call_status', 'valid_from', 'valid_to', 'is_current', 'is_gap'
]) }}
