-- One row an identifier that is good.
{%- set incremental = nexus.nexus_config('identity')['incremental'] %}
{{ config(materialized='nexus_in_place' if incremental else 'table') }}
{%- set pending = nexus.nexus_pending_here() if incremental else {'mode': 'all'} %}
select
    sighted.entity_type,
    sighted.identifier_type,
    sighted.identifier_value,
    count(case when sighted.rule = 'same occurrence' then 1 end) as sightings,
    min(sighted.occurred_at) as first_seen_at,
    max(sighted.occurred_at) as last_seen_at,
    max(sighted._ingested_at) as _ingested_at
    {%- if incremental %},
    sum({{ nexus.nexus_sighting_fingerprint('sighted') }}) as fingerprint,
    cast({{ pending['batch'] }} as {{ dbt.type_bigint() }}) as change_batch
    {%- endif %}
from (
    {{ (nexus.nexus_joining_sightings() if incremental else nexus.nexus_good_sightings()) | indent(4) }}
) as sighted
{%- if pending['mode'] != 'all' %}
inner join (
    {{ nexus.nexus_changed_since(pending['applied']) | indent(4) }}
) as changed
    on {{ nexus.nexus_same_identifier('sighted', 'changed') }}
{%- endif %}
group by sighted.entity_type, sighted.identifier_type, sighted.identifier_value
