{{ config(enabled=nexus.nexus_source_shipped('segment')) }}

-- One row a group call: somebody works in an account.
select
    {{ nexus.create_nexus_id('event', ["'segment'", 'message_id']) }} as event_id,
    occurred_at,
    'user grouped' as event_name,
    'web' as event_type,
    'Joined ' || coalesce(name, domain, group_id) as event_description,
    0 as significance,
    'segment' as source,
    'segment_group_events' as source_table,
    message_id,
    _ingested_at
from {{ ref('segment_accounts') }}
