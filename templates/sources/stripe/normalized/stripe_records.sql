{{ config(
    materialized=nexus.nexus_growing(),
    incremental_strategy=nexus.nexus_appending(),
    pre_hook="{{ nexus.nexus_delete_newest_arrival() }}",
    enabled=nexus.nexus_source_shipped('stripe')
) }}

-- One row a raw row, with its key and time read, and the reason if it is unusable.
with records as (
    select
        _ingested_at,
        _connection_id,
        _raw_record,
        case when {{ nexus.nexus_json_valid('_raw_record') }} then _raw_record end as record
    from {{ ref('base_stripe_events') }}
    {%- if nexus.nexus_adds() %}
    where {{ nexus.nexus_arrived_since() }}
    {%- endif %}
),

texts as (
    {{ nexus.nexus_json_texts('records', ['_ingested_at', '_connection_id', '_raw_record', 'record'], 'record', {
        'json_id': 'id',
        'json_type': 'type',
        'json_created': 'created',
        'json_data_object': 'data.object',
        'json_data_previous_attributes': 'data.previous_attributes'
    }) | indent(4) }}
),

fields as (
    select
        _ingested_at,
        _connection_id,
        _raw_record,
        record,
        nullif(trim(json_id), '') as webhook_id,
        nullif(trim(json_type), '') as webhook_type,
        nullif(trim(json_created), '') as created,
        json_data_object as object,
        json_data_previous_attributes as previous_attributes
    from texts
)

select
    _ingested_at,
    _connection_id,
    _raw_record,
    webhook_id,
    webhook_type,
    object,
    previous_attributes,
    {{ nexus.nexus_timestamp_from_epoch(nexus.nexus_integer_from_text('created')) }} as occurred_at,
    case
        when trim(coalesce(_raw_record, '')) in ('', 'null') then 'missing record'
        when record is null then 'invalid json'
        when webhook_id is null then 'missing id'
        when webhook_type is null then 'missing type'
        when created is null then 'missing created'
        when {{ nexus.nexus_integer_from_text('created') }} is null then 'unparseable created'
        when object is null then 'missing object'
    end as reject_reason
from fields
