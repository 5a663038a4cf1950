{{ config(materialized='table', enabled=nexus.nexus_source_shipped('segment')) }}

-- One row a raw row, with its key and time read in UTC, and the reason if it is unusable. The time is `timestamp`, which Segment
-- corrects by the clock of the device, else when Segment received the message.
with records as (
    select
        _ingested_at,
        _connection_id,
        _raw_record,
        case when {{ nexus.nexus_json_valid('_raw_record') }} then _raw_record end as record
    from {{ ref('base_segment_messages') }}
),

fields as (
    select
        _ingested_at,
        _connection_id,
        _raw_record,
        record,
        nullif(trim({{ nexus.nexus_json_text('record', 'messageId') }}), '') as message_id,
        lower(nullif(trim({{ nexus.nexus_json_text('record', 'type') }}), '')) as call_type,
        nullif(trim({{ nexus.nexus_json_text('record', 'anonymousId') }}), '') as anonymous_id,
        nullif(trim({{ nexus.nexus_json_text('record', 'userId') }}), '') as user_id,
        nullif(trim({{ nexus.nexus_json_text('record', 'previousId') }}), '') as previous_id,
        nullif(trim(coalesce({{ nexus.nexus_json_text('record', 'groupId') }}, {{ nexus.nexus_json_text('record', 'context.groupId') }})), '') as group_id,
        nullif(trim({{ nexus.nexus_json_text('record', 'event') }}), '') as track_name,
        nullif(trim(coalesce({{ nexus.nexus_json_text('record', 'timestamp') }}, {{ nexus.nexus_json_text('record', 'receivedAt') }})), '') as time_text
    from records
)

select
    _ingested_at,
    _connection_id,
    _raw_record,
    record,
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
