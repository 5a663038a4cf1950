{{ config(materialized='table', enabled=nexus.nexus_source_shipped('segment')) }}

-- One row an account in an event, wide: a group call says what belongs to it, any other call may name it in its context.
select
    events.event_id,
    events.occurred_at,
    accounts.group_id,
    accounts.domain,
    accounts.name,
    accounts.plan,
    'account' as role,
    'segment' as source,
    events._ingested_at
from {{ ref('segment_group_events') }} as events
inner join {{ ref('segment_accounts') }} as accounts on events.message_id = accounts.message_id

union all

select
    events.event_id,
    events.occurred_at,
    calls.group_id,
    cast(null as {{ dbt.type_string() }}) as domain,
    cast(null as {{ dbt.type_string() }}) as name,
    cast(null as {{ dbt.type_string() }}) as plan,
    'account' as role,
    'segment' as source,
    events._ingested_at
from {{ ref('segment_behaviour_events') }} as events
inner join {{ ref('segment_calls') }} as calls on events.message_id = calls.message_id
where calls.group_id is not null
