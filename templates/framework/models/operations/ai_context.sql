-- One row a person: what is known about them as one text of at most `max_characters`, with the newest `max_events` events
-- (`vars: nexus: ai_context`).
{{ config(enabled=nexus.nexus_view_enabled('ai_context')) }}
{%- set limits = nexus.nexus_config('ai_context') %}
with contexts as (
    select person_id, person_name, group_id, group_name, group_role, is_group_current, events
    from {{ ref('customer_context') }}
),

identifiers as (
    select
        person_id,
        {{ dbt.listagg("'- ' || identifier_type || ': ' || identifier_value", nexus.nexus_line_end(), 'order by identifier_type, identifier_value') }} as lines
    from {{ ref('nexus_resolved_person_identifiers') }}
    group by person_id
),

traits as (
    select
        entity_id,
        {{ dbt.listagg("'- ' || trait_name || ': ' || trait_value", nexus.nexus_line_end(), 'order by trait_name') }} as lines
    from {{ ref('nexus_resolved_entity_traits') }}
    group by entity_id
),

states as (
    select
        entity_id,
        {{ dbt.listagg("'- ' || state_name || ': ' || state_value || ' since ' || " ~ (nexus.nexus_timestamp_text('state_entered_at') | trim), nexus.nexus_line_end(), 'order by state_name') }} as lines
    from {{ ref('nexus_states') }}
    where is_current
    group by entity_id
),

happenings as (
    select
        participants.entity_id,
        events.event_id,
        events.occurred_at,
        events.event_name,
        events.event_description,
        row_number() over (
            partition by participants.entity_id
            order by events.occurred_at desc nulls last, {{ nexus.nexus_byte_order('events.event_id') }} asc
        ) as recency
    from (
        select distinct event_id, entity_id
        from {{ ref('nexus_entity_participants') }}
        where entity_type = 'person'
    ) as participants
    inner join {{ ref('nexus_events') }} as events on participants.event_id = events.event_id
),

newest as (
    select
        entity_id,
        count(*) as events,
        max(occurred_at) as newest_event_at,
        {{ dbt.listagg("'- ' || coalesce(" ~ (nexus.nexus_timestamp_text('occurred_at') | trim) ~ ", 'undated') || ' ' || event_name || coalesce(': ' || event_description, '')", nexus.nexus_line_end(), 'order by recency') }} as lines
    from happenings
    where recency <= {{ limits['max_events'] }}
    group by entity_id
),

documents as (
    select
        contexts.person_id,
        '# ' || coalesce(contexts.person_name, contexts.person_id)
            || coalesce(chr(10) || 'Company: ' || contexts.group_name
                || coalesce(' (' || contexts.group_role || case when contexts.is_group_current then '' else ', formerly' end || ')', ''), '')
            || coalesce(chr(10) || chr(10) || '## States' || chr(10) || states.lines, '')
            || coalesce(chr(10) || chr(10) || '## States of the company' || chr(10) || group_states.lines, '')
            || coalesce(chr(10) || chr(10) || '## Traits' || chr(10) || traits.lines, '')
            || coalesce(chr(10) || chr(10) || '## Identifiers' || chr(10) || identifiers.lines, '')
            || coalesce(chr(10) || chr(10) || '## Newest events' || chr(10) || newest.lines, '') as document,
        coalesce(newest.events, 0) as events_included,
        contexts.events as events_total,
        newest.newest_event_at
    from contexts
    left join identifiers on contexts.person_id = identifiers.person_id
    left join traits on contexts.person_id = traits.entity_id
    left join states on contexts.person_id = states.entity_id
    left join states as group_states on contexts.group_id = group_states.entity_id
    left join newest on contexts.person_id = newest.entity_id
)

select
    person_id,
    substring(document, 1, {{ limits['max_characters'] }}) as document,
    length(document) > {{ limits['max_characters'] }} as is_cut,
    events_included,
    events_total,
    newest_event_at
from documents
