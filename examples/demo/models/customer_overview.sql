-- One row a company that pays or paid us, for the morning meeting: who they are, where they stand in
-- billing, what they paid, and when we last heard of them.
with billing as (
    select
        entity_id as group_id,
        state_value as billing_status,
        state_entered_at as billing_status_since
    from {{ ref('nexus_states') }}
    where state_name = 'billing_lifecycle'
        and is_current
),

happenings as (
    select
        participants.entity_id as group_id,
        events.event_id,
        events.event_name,
        events.occurred_at
    from {{ ref('nexus_entity_participants') }} as participants
    inner join {{ ref('nexus_events') }} as events on participants.event_id = events.event_id
    where participants.entity_type = 'group'
),

activity as (
    select
        happenings.group_id,
        min(happenings.occurred_at) as first_event_at,
        max(happenings.occurred_at) as last_event_at,
        max(case when happenings.event_name in ('message received', 'meeting held') then happenings.occurred_at end) as last_contact_at,
        count(distinct case when happenings.event_name = 'invoice paid' then happenings.event_id end) as invoices_paid,
        count(distinct case when happenings.event_name = 'invoice payment failed' then happenings.event_id end) as payments_failed,
        count(distinct case when happenings.event_name = 'payment refunded' then happenings.event_id end) as refunds
    from happenings
    group by happenings.group_id
),

people as (
    select
        group_id,
        count(distinct person_id) as people
    from {{ ref('nexus_memberships') }}
    group by group_id
)

select
    companies.group_id,
    companies.name,
    companies.domain,
    billing.billing_status,
    billing.billing_status_since,
    coalesce(people.people, 0) as people,
    activity.first_event_at,
    activity.last_event_at,
    activity.last_contact_at,
    activity.invoices_paid,
    activity.payments_failed,
    activity.refunds
from {{ ref('nexus_groups') }} as companies
inner join billing on companies.group_id = billing.group_id
left join activity on companies.group_id = activity.group_id
left join people on companies.group_id = people.group_id
