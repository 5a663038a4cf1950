{{ config(
    materialized=nexus.nexus_growing(),
    incremental_strategy=nexus.nexus_appending(),
    pre_hook="{{ nexus.nexus_delete_newest_arrival() }}",
    enabled=nexus.nexus_source_shipped('segment')
) }}

-- One row a raw row, with its key and time read in UTC, and the reason if it is unusable. The time is `timestamp`, which Segment
-- corrects by the clock of the device, else when Segment received the message.
with records as (
    select
        _ingested_at,
        _connection_id,
        _raw_record,
        case when {{ nexus.nexus_json_valid('_raw_record') }} then _raw_record end as record
    from {{ ref('base_segment_messages') }}
    {%- if nexus.nexus_adds() %}
    where {{ nexus.nexus_arrived_since() }}
    {%- endif %}
),

texts as (
    {{ nexus.nexus_json_texts('records', ['_ingested_at', '_connection_id', '_raw_record', 'record'], 'record', {
        'json_message_id': 'messageId',
        'json_type': 'type',
        'json_anonymous_id': 'anonymousId',
        'json_user_id': 'userId',
        'json_previous_id': 'previousId',
        'json_group_id': 'groupId',
        'json_context_group_id': 'context.groupId',
        'json_event': 'event',
        'json_timestamp': 'timestamp',
        'json_received_at': 'receivedAt'
    }) | indent(4) }}
),

fields as (
    select
        _ingested_at,
        _connection_id,
        _raw_record,
        record,
        nullif(trim(json_message_id), '') as message_id,
        lower(nullif(trim(json_type), '')) as call_type,
        nullif(trim(json_anonymous_id), '') as anonymous_id,
        nullif(trim(json_user_id), '') as user_id,
        nullif(trim(json_previous_id), '') as previous_id,
        nullif(trim(coalesce(json_group_id, json_context_group_id)), '') as group_id,
        nullif(trim(json_event), '') as track_name,
        nullif(trim(coalesce(json_timestamp, json_received_at)), '') as time_text
    from texts
)

select
    _ingested_at,
    _connection_id,
    _raw_record,
    message_id,
    call_type,
    anonymous_id,
    user_id,
    previous_id,
    group_id,
    track_name,
    {{ nexus.nexus_timestamp_from_text('time_text') }} as occurred_at,
    case
        when trim(coalesce(_raw_record, '')) in ('', 'null') then 'missing record'
        when record is null then 'invalid json'
        when message_id is null then 'missing messageId'
        when call_type is null then 'missing type'
        when time_text is null then 'missing timestamp'
        when {{ nexus.nexus_timestamp_from_text('time_text') }} is null then 'unparseable timestamp'
        when anonymous_id is null and user_id is null then 'missing anonymousId and userId'
        when call_type = 'track' and track_name is null then 'missing event'
        when call_type = 'group' and group_id is null then 'missing groupId'
        when call_type = 'alias' and previous_id is null then 'missing previousId'
    end as reject_reason
from fields
