-- Where a company stands with us: a lead that installed the app, on trial, a customer who may be late or pause, or gone.
{{ nexus.derived_state(
    'customer_lifecycle',
    [{'name': 'billing', 'state_name': 'billing_lifecycle'}, {'name': 'app', 'state_name': 'app_installation'}],
    "case
        when current_billing_status = 'trial' then 'trial'
        when current_billing_status in ('active', 'past_due', 'paused') then 'customer'
        when current_billing_status = 'cancelled' then 'churned'
        when current_app_status = 'installed' then 'lead'
    end"
) }}
