{{ config(materialized='table', enabled=nexus.nexus_source_shipped('segment')) }}

-- One row a person in an event, wide: the ids of browser and user, address and phone of one call are one person. The address of a
-- shared mailbox stands in an occurrence of its own, linked to nothing.
with events as (
    select event_id, message_id from {{ ref('segment_identity_events') }}
    union all
    select event_id, message_id from {{ ref('segment_group_events') }}
    union all
    select event_id, message_id from {{ ref('segment_behaviour_events') }}
),

marked as (
    select
        events.event_id,
        visitors.occurred_at,
        visitors.anonymous_id,
        visitors.user_id,
        visitors.previous_anonymous_id,
        visitors.previous_user_id,
        visitors.email,
        visitors.phone,
        visitors.name,
        visitors.title,
        {{ nexus.nexus_is_shared_mailbox('visitors.email') }} as is_shared_mailbox,
        visitors._ingested_at
    from events
    inner join {{ ref('segment_visitors') }} as visitors on events.message_id = visitors.message_id
)

select
    event_id,
    occurred_at,
    anonymous_id,
    user_id,
    previous_anonymous_id,
    previous_user_id,
    case when not is_shared_mailbox then email end as email,
    phone,
    name,
    title,
    case when email is not null and not is_shared_mailbox then 'personal' end as mailbox_type,
    -- Traits are stated of the user where there is one, else of the browser.
    case when user_id is null then anonymous_id end as visitor_id,
    cast(null as {{ dbt.type_string() }}) as shared_email,
    'visitor' as role,
    'segment' as source,
    _ingested_at
from marked

union all

select
    event_id,
    occurred_at,
    cast(null as {{ dbt.type_string() }}) as anonymous_id,
    cast(null as {{ dbt.type_string() }}) as user_id,
    cast(null as {{ dbt.type_string() }}) as previous_anonymous_id,
    cast(null as {{ dbt.type_string() }}) as previous_user_id,
    email,
    cast(null as {{ dbt.type_string() }}) as phone,
    cast(null as {{ dbt.type_string() }}) as name,
    cast(null as {{ dbt.type_string() }}) as title,
    'shared' as mailbox_type,
    cast(null as {{ dbt.type_string() }}) as visitor_id,
    email as shared_email,
    'visitor' as role,
    'segment' as source,
    _ingested_at
from marked
where is_shared_mailbox
