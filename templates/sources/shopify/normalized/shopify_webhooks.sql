{{ config(
    materialized=nexus.nexus_growing(),
    incremental_strategy=nexus.nexus_appending(),
    pre_hook="{{ nexus.nexus_delete_newest_arrival() }}",
    enabled=nexus.nexus_source_shipped('shopify')
) }}

-- One row a delivery. A delivery never changes, so of several the first one counts.
with deliveries as (
    select
        webhook_id,
        topic,
        myshopify_domain,
        payload,
        payload_id,
        occurred_at,
        _ingested_at,
        row_number() over (
            partition by webhook_id
            order by _ingested_at asc nulls last, _raw_record
        ) as delivery
    from {{ ref('shopify_records') }}
    where reject_reason is null
        {%- if nexus.nexus_adds() %}
        and {{ nexus.nexus_arrived_since() }}
        and webhook_id not in (select webhook_id from {{ this }})
        {%- endif %}
)

select webhook_id, topic, myshopify_domain, payload, payload_id, occurred_at, _ingested_at
from deliveries
where delivery = 1
