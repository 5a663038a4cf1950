-- One row an interval [entered, exited) in which a state of an entity has one value: the states of the sources and
-- those of the models that `vars: nexus: states` names.
{{ config(
    materialized=nexus.nexus_growing(),
    incremental_strategy=nexus.nexus_replacing(),
    unique_key='state_id',
    pre_hook="{{ nexus.nexus_delete_touched('states') }}"
) }}
with states as (
    {{ nexus.nexus_all_states() | indent(4) }}
)

select
    {{ nexus.create_nexus_id('state', ['entity_id', 'state_name', 'state_entered_at']) }} as state_id,
    entity_id,
    entity_type,
    state_name,
    state_value,
    state_entered_at,
    state_exited_at,
    state_exited_at is null as is_current,
    trigger_event_id,
    source,
    _ingested_at{{ nexus.nexus_batch_column(nexus.nexus_this_batch()) }}
from states
{%- if nexus.nexus_adds() %}
where entity_id in (
    {{ nexus.nexus_changed_states() | indent(4) }}
)
{%- endif %}
