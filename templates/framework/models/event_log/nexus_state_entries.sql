-- One row an entry into a state as a source states it, before identity resolution. A null value ends the
-- state without a successor.
{{ config(materialized=nexus.nexus_growing(), incremental_strategy=nexus.nexus_replacing(), unique_key='state_entry_id') }}
with delivered as (
    {{ nexus.nexus_union_sources('states') }}
)

select
    state_entry_id,
    event_id,
    entity_type,
    identifier_type,
    {{ nexus.nexus_normalize_by_type('identifier_type', 'identifier_value') }} as identifier_value,
    state_name,
    nullif(trim(state_value), '') as state_value,
    occurred_at,
    source,
    _ingested_at{{ nexus.nexus_batch_column(nexus.nexus_this_batch()) }}
from delivered
