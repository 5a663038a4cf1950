{{ config(enabled=nexus.nexus_source_shipped('segment')) }}

-- One row an identify or alias call.
select
    {{ nexus.create_nexus_id('event', ["'segment'", 'calls.message_id']) }} as event_id,
    calls.occurred_at,
    case calls.call_type when 'identify' then 'user identified' else 'user aliased' end as event_name,
    'web' as event_type,
    coalesce(visitors.name, visitors.email, visitors.user_id, visitors.anonymous_id)
        || case calls.call_type when 'identify' then ' identified' else ' joined with an earlier id' end as event_description,
    0 as significance,
    'segment' as source,
    'segment_identity_events' as source_table,
    calls.message_id,
    calls._ingested_at
from {{ ref('segment_calls') }} as calls
inner join {{ ref('segment_visitors') }} as visitors on calls.message_id = visitors.message_id
where calls.call_type in ('identify', 'alias')
