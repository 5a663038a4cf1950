{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('stripe')) }}

{{ nexus.nexus_union(
    ['stripe_customer_events', 'stripe_invoice_events', 'stripe_payment_events', 'stripe_subscription_events'],
    columns=[
        'event_id',
        'occurred_at',
        'event_name',
        'event_type',
        'event_description',
        'significance',
        'source',
        'source_table',
        '_ingested_at'
    ]
) }}
