-- One row an interval [valid_from, valid_to) of an entity in which none of its declared states changes, with a column for
-- each. After the first state a time without any is a row too.
{{ config(
    materialized=nexus.nexus_growing(),
    incremental_strategy=nexus.nexus_replacing(),
    unique_key='entity_state_id',
    pre_hook="{{ nexus.nexus_delete_touched('timelines') }}"
) }}
{{ nexus.nexus_entity_states(ref('nexus_states')) }}
