-- One row a person who can be written to: one address of theirs, nobody of ours, no mailbox that several people read.
{{ config(enabled=nexus.nexus_view_enabled('marketing_audience')) }}
{%- set columns = nexus.nexus_context_columns() %}
with addresses as (
    select
        person_id,
        identifier_value as email,
        {{ nexus.nexus_is_internal_email('identifier_value') }} as is_ours,
        {{ nexus.nexus_is_shared_mailbox('identifier_value') }} as is_shared,
        row_number() over (
            partition by person_id
            order by last_seen_at desc nulls last, {{ nexus.nexus_byte_order('identifier_value') }} asc
        ) as recency
    from {{ ref('nexus_resolved_person_identifiers') }}
    where identifier_type = 'email'
),

unwanted as (
    select distinct person_id
    from addresses
    where is_ours or is_shared
)

select
    context.person_id,
    addresses.email,
    context.person_name
    {%- for name in columns['traits'] if name not in ['email', 'is_internal_user', 'mailbox_type'] %},
    context.{{ name }}
    {%- endfor %},
    context.group_id,
    context.group_name,
    context.group_role
    {%- for name in columns['states'] if name != 'email' %},
    context.{{ name }}
    {%- endfor %}
    {%- for name in columns['group_states'] %},
    context.group_{{ name }}
    {%- endfor %},
    context.events,
    context.first_event_at,
    context.last_event_at,
    context.last_event_name,
    context._ingested_at
from {{ ref('customer_context') }} as context
inner join addresses on context.person_id = addresses.person_id and addresses.recency = 1
where context.person_id not in (select person_id from unwanted)
