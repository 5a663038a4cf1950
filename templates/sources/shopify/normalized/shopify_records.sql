{{ config(
    materialized=nexus.nexus_growing(),
    incremental_strategy=nexus.nexus_appending(),
    pre_hook="{{ nexus.nexus_delete_newest_arrival() }}",
    enabled=nexus.nexus_source_shipped('shopify')
) }}

-- One row a raw row, with its key and time read in UTC, and the reason if it is unusable. The time is
-- that of the business fact where the payload has it, else that of the delivery.
with records as (
    select
        _ingested_at,
        _connection_id,
        _raw_record,
        case when {{ nexus.nexus_json_valid('_raw_record') }} then _raw_record end as record
    from {{ ref('base_shopify_events') }}
    {%- if nexus.nexus_adds() %}
    where {{ nexus.nexus_arrived_since() }}
    {%- endif %}
),

texts as (
    {{ nexus.nexus_json_texts('records', ['_ingested_at', '_connection_id', '_raw_record', 'record'], 'record', {
        'json_webhook_id': 'webhook_id',
        'json_topic': 'topic',
        'json_shop_domain': 'shop_domain',
        'json_triggered_at': 'triggered_at',
        'json_payload': 'payload',
        'json_payload_id': 'payload.id',
        'json_payload_created_at': 'payload.created_at',
        'json_payload_updated_at': 'payload.updated_at',
        'json_payload_cancelled_at': 'payload.cancelled_at'
    }) | indent(4) }}
),

fields as (
    select
        _ingested_at,
        _connection_id,
        _raw_record,
        record,
        nullif(trim(json_webhook_id), '') as webhook_id,
        nullif(trim(json_topic), '') as topic,
        nullif(trim(json_shop_domain), '') as shop_domain,
        json_triggered_at as triggered_at,
        json_payload as payload,
        nullif(trim(json_payload_id), '') as payload_id,
        json_payload_created_at as payload_created_at,
        json_payload_updated_at as payload_updated_at,
        json_payload_cancelled_at as payload_cancelled_at
    from texts
),

times as (
    select
        _ingested_at,
        _connection_id,
        _raw_record,
        record,
        webhook_id,
        topic,
        shop_domain,
        payload,
        payload_id,
        case
            when topic in ('customers/create', 'orders/create', 'fulfillments/create', 'refunds/create') then 'created_at'
            when topic = 'orders/cancelled' then 'cancelled_at'
            when topic in ('checkouts/create', 'checkouts/update') then 'updated_at'
            else 'triggered_at'
        end as time_field,
        nullif(trim(case
            when topic in ('customers/create', 'orders/create', 'fulfillments/create', 'refunds/create') then payload_created_at
            when topic = 'orders/cancelled' then payload_cancelled_at
            when topic in ('checkouts/create', 'checkouts/update') then payload_updated_at
            else triggered_at
        end), '') as time_text
    from fields
)

select
    _ingested_at,
    _connection_id,
    _raw_record,
    webhook_id,
    topic,
    {{ nexus.normalize_domain('shop_domain') }} as myshopify_domain,
    payload,
    payload_id,
    {{ nexus.nexus_timestamp_from_text('time_text') }} as occurred_at,
    case
        when trim(coalesce(_raw_record, '')) in ('', 'null') then 'missing record'
        when record is null then 'invalid json'
        when webhook_id is null then 'missing webhook_id'
        when topic is null then 'missing topic'
        when shop_domain is null then 'missing shop_domain'
        when payload is null then 'missing payload'
        when payload_id is null then 'missing payload id'
        when time_text is null then 'missing ' || time_field
        when {{ nexus.nexus_timestamp_from_text('time_text') }} is null then 'unparseable ' || time_field
    end as reject_reason
from times
