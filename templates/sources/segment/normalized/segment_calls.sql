{{ config(
    materialized=nexus.nexus_growing(),
    incremental_strategy=nexus.nexus_appending(),
    pre_hook="{{ nexus.nexus_delete_newest_arrival() }}",
    enabled=nexus.nexus_source_shipped('segment')
) }}

-- One row a message of a kind that is used. Segment delivers at least once, so of several deliveries the first one counts.
with deliveries as (
    select
        message_id,
        call_type,
        anonymous_id,
        user_id,
        previous_id,
        group_id,
        track_name,
        _raw_record as record,
        occurred_at,
        _ingested_at,
        row_number() over (
            partition by message_id
            order by _ingested_at asc nulls last, _raw_record
        ) as delivery
    from {{ ref('segment_records') }}
    where reject_reason is null
        and call_type in ('identify', 'track', 'page', 'screen', 'group', 'alias')
        {%- if nexus.nexus_adds() %}
        and {{ nexus.nexus_arrived_since() }}
        and message_id not in (select message_id from {{ this }})
        {%- endif %}
)

select
    message_id,
    call_type,
    anonymous_id,
    user_id,
    previous_id,
    group_id,
    track_name,
    record,
    occurred_at,
    _ingested_at
from deliveries
where delivery = 1
