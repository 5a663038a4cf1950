-- One row an interval [entered, exited) in which a state of an entity has one value, made of the entries of all
-- its identifiers. Entries at one instant: the source with the smallest priority decides, then the event id. Equal neighbours
-- are one interval; an entry without a value ends the state and begins none.
with entries as (
    select
        resolved.entity_id,
        resolved.entity_type,
        entries.state_name,
        entries.state_value,
        entries.occurred_at,
        entries.event_id,
        entries.source,
        entries._ingested_at,
        row_number() over (
            partition by resolved.entity_id, entries.state_name, entries.occurred_at
            order by
                {{ nexus.nexus_source_priority('entries.source') }} asc,
                {{ nexus.nexus_byte_order('entries.event_id') }} asc,
                {{ nexus.nexus_byte_order('entries.state_entry_id') }} asc
        ) as precedence
    from {{ ref('nexus_state_entries') }} as entries
    inner join {{ ref('nexus_resolved_identifiers') }} as resolved
        on entries.entity_type = resolved.entity_type
        and entries.identifier_type = resolved.identifier_type
        and entries.identifier_value = resolved.identifier_value
    where entries.occurred_at is not null
),

instants as (
    select
        entity_id,
        entity_type,
        state_name,
        state_value,
        occurred_at,
        event_id,
        source,
        _ingested_at,
        lag(state_value) over (partition by entity_id, state_name order by occurred_at) as previous_value
    from entries
    where precedence = 1
),

changes as (
    select
        entity_id,
        entity_type,
        state_name,
        state_value,
        occurred_at as state_entered_at,
        lead(occurred_at) over (partition by entity_id, state_name order by occurred_at) as state_exited_at,
        event_id as trigger_event_id,
        source,
        _ingested_at
    from instants
    where {{ nexus.nexus_is_distinct('state_value', 'previous_value') }}
)

select
    entity_id,
    entity_type,
    state_name,
    state_value,
    state_entered_at,
    state_exited_at,
    trigger_event_id,
    source,
    _ingested_at
from changes
where state_value is not null
