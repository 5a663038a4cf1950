-- One row an interval [entered, exited) in which a state of an entity has one value, made of the entries of all
-- its identifiers.
{{ config(
    materialized=nexus.nexus_growing(),
    incremental_strategy=nexus.nexus_replacing(),
    unique_key=['entity_id', 'state_name', 'state_entered_at'],
    on_schema_change='append_new_columns',
    pre_hook="{{ nexus.nexus_delete_touched('nexus_state_entries') }}"
) }}
with entries as (
    select
        resolved.entity_id,
        resolved.entity_type,
        entries.state_name,
        entries.state_value,
        entries.occurred_at,
        entries.event_id,
        entries.source,
        entries._ingested_at
    from {{ ref('nexus_state_entries') }} as entries
    inner join {{ ref('nexus_resolved_identifiers') }} as resolved
        on entries.entity_type = resolved.entity_type
        and entries.identifier_type = resolved.identifier_type
        and entries.identifier_value = resolved.identifier_value
    {%- if nexus.nexus_adds() %}
    where resolved.entity_id in (
        {{ nexus.nexus_touched_entities('nexus_state_entries') | indent(8) }}
    )
    {%- endif %}
),

{{ nexus.nexus_state_intervals('entries', nexus.nexus_batch_columns('nexus_state_entries')) }}
