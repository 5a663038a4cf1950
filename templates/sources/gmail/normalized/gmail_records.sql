{{ config(
    materialized=nexus.nexus_growing(),
    incremental_strategy=nexus.nexus_appending(),
    pre_hook="{{ nexus.nexus_delete_newest_arrival() }}",
    enabled=nexus.nexus_source_shipped('gmail')
) }}

-- One row a raw row, with its key and time read, and the reason if it is unusable.
with records as (
    select
        _ingested_at,
        _connection_id,
        _raw_record,
        case when {{ nexus.nexus_json_valid('_raw_record') }} then _raw_record end as record
    from {{ ref('base_gmail_messages') }}
    {%- if nexus.nexus_adds() %}
    where {{ nexus.nexus_arrived_since() }}
    {%- endif %}
),

texts as (
    {{ nexus.nexus_json_texts('records', ['_ingested_at', '_connection_id', '_raw_record', 'record'], 'record', {
        'json_id': 'id',
        'json_thread_id': 'threadId',
        'json_internal_date': 'internalDate',
        'json_snippet': 'snippet',
        'json_size_estimate': 'sizeEstimate',
        'json_label_ids': 'labelIds'
    }) | indent(4) }}
),

fields as (
    select
        _ingested_at,
        _connection_id,
        _raw_record,
        record,
        nullif(trim(json_id), '') as gmail_message_id,
        nullif(trim(json_thread_id), '') as gmail_thread_id,
        nullif(trim(json_internal_date), '') as internal_date,
        nullif(json_snippet, '') as snippet,
        json_size_estimate as size_estimate,
        json_label_ids as label_ids
    from texts
)

select
    _ingested_at,
    _connection_id,
    _raw_record,
    gmail_message_id,
    gmail_thread_id,
    snippet,
    label_ids,
    {{ nexus.nexus_integer_from_text('size_estimate') }} as size_estimate_bytes,
    {{ nexus.nexus_timestamp_from_epoch_ms(nexus.nexus_integer_from_text('internal_date')) }} as sent_at,
    case
        when trim(coalesce(_raw_record, '')) in ('', 'null') then 'missing record'
        when record is null then 'invalid json'
        when gmail_message_id is null then 'missing id'
        when internal_date is null then 'missing internalDate'
        when {{ nexus.nexus_integer_from_text('internal_date') }} is null then 'unparseable internalDate'
    end as reject_reason
from fields
