-- Whether an account needs attention: money is late, it pauses, or it pays for an app that is not installed.
{{ nexus.derived_state(
    'account_health',
    [{'name': 'billing', 'state_name': 'billing_lifecycle'}, {'name': 'app', 'state_name': 'app_installation'}],
    "case
        when current_billing_status = 'cancelled' then 'lost'
        when current_billing_status in ('past_due', 'paused') then 'at_risk'
        when current_billing_status in ('trial', 'active') and current_app_status = 'uninstalled' then 'at_risk'
        when current_billing_status in ('trial', 'active') then 'good'
    end"
) }}
