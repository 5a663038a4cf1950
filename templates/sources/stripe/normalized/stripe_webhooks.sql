{{ config(
    materialized=nexus.nexus_growing(),
    incremental_strategy=nexus.nexus_appending(),
    pre_hook="{{ nexus.nexus_delete_newest_arrival() }}",
    enabled=nexus.nexus_source_shipped('stripe')
) }}

-- One row a Stripe event. Events never change, so of several deliveries the first one counts.
with deliveries as (
    select
        webhook_id,
        webhook_type,
        object,
        previous_attributes,
        occurred_at,
        _ingested_at,
        row_number() over (
            partition by webhook_id
            order by _ingested_at asc nulls last, _raw_record
        ) as delivery
    from {{ ref('stripe_records') }}
    where reject_reason is null
        {%- if nexus.nexus_adds() %}
        and {{ nexus.nexus_arrived_since() }}
        and webhook_id not in (select webhook_id from {{ this }})
        {%- endif %}
)

select
    webhook_id,
    webhook_type,
    {{ nexus.nexus_json_text('object', 'id') }} as object_id,
    case
        when {{ nexus.nexus_json_text('object', 'object') }} = 'customer' then {{ nexus.nexus_json_text('object', 'id') }}
        else {{ nexus.nexus_json_text('object', 'customer') }}
    end as stripe_customer_id,
    lower({{ nexus.nexus_json_text('object', 'currency') }}) as currency,
    object,
    previous_attributes,
    occurred_at,
    _ingested_at
from deliveries
where delivery = 1
