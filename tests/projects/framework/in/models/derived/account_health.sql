{{ nexus.derived_state(
    'account_health',
    [
        {'name': 'billing', 'state_name': 'billing_lifecycle', 'status': "case when state_value in ('trial', 'active') then 'paying' else state_value end"},
        {'name': 'app', 'state_name': 'app_installation'}
    ],
    "case when current_billing_status = 'paying' and coalesce(current_app_status, 'installed') = 'installed' then 'good'
          when current_billing_status is not null then 'bad' end"
) }}
