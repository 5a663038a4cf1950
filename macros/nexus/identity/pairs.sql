{#- Renders the sightings that join, with columns edge_id, entity_type, identifier_type, identifier_value, event_id, source, occurred_at,
    _ingested_at and rule (`same occurrence` or `forced`): what is in quarantine, hubs among it, is left out, and what an entity may not have
    (nexus_identity_limits) is without an occurrence. tables: relations to read in place of those that are built, see nexus_good_sightings.
    By database: nothing here. -#}
{% macro nexus_joining_sightings(tables={}) -%}
{%- if nexus.nexus_limits() | length == 0 -%}
{{ nexus.nexus_unlimited_sightings(tables) }}
{%- else -%}
select
    case when limits.edge_id is null then unlimited.edge_id end as edge_id,
    unlimited.entity_type,
    unlimited.identifier_type,
    unlimited.identifier_value,
    unlimited.event_id,
    unlimited.source,
    unlimited.occurred_at,
    unlimited._ingested_at,
    unlimited.rule
from (
    {{ nexus.nexus_unlimited_sightings(tables) | indent(4) }}
) as unlimited
left join {{ tables['limits'] or ref('nexus_identity_limits') }} as limits
    on unlimited.edge_id = limits.edge_id
    and {{ nexus.nexus_same_identifier('unlimited', 'limits') }}
{%- endif -%}
{%- endmacro %}


{#- Renders the sightings that would join if entities had no limits, in the same columns.

    Where `vars: nexus: identity: deny` names a table, an occurrence that shows both identifiers of one of its pairs loses the second: the sighting
    stays, without an occurrence. Where `force` names one, each of its pairs of known identifiers is an occurrence. By database: nothing here. -#}
{% macro nexus_unlimited_sightings(tables={}) -%}
{%- set deny = nexus.nexus_config('identity')['deny'] -%}
{%- set force = nexus.nexus_config('identity')['force'] -%}
{%- if not deny and not force -%}
{{ nexus.nexus_good_sightings(tables) }}
{%- else -%}
with good as (
    {{ nexus.nexus_good_sightings(tables) | indent(4) }}
)
{%- if deny %},

denied as (
    {{ nexus.nexus_denied_members('good') | indent(4) }}
)
{%- endif %}

select
    {% if deny %}case when denied.edge_id is null then good.edge_id end{% else %}good.edge_id{% endif %} as edge_id,
    good.entity_type,
    good.identifier_type,
    good.identifier_value,
    good.event_id,
    good.source,
    good.occurred_at,
    good._ingested_at,
    good.rule
from good
    {%- if deny %}
left join denied
    on good.edge_id = denied.edge_id
    and good.entity_type = denied.entity_type
    and good.identifier_type = denied.identifier_type
    and good.identifier_value = denied.identifier_value
    {%- endif %}
    {%- for end in ['a', 'b'] if force %}

union all

select
    {{ nexus.nexus_forced_edge_id() }} as edge_id,
    pairs.entity_type,
    pairs.identifier_type_{{ end }} as identifier_type,
    pairs.identifier_value_{{ end }} as identifier_value,
    cast(null as {{ dbt.type_string() }}) as event_id,
    {{ nexus.nexus_text_literal(force) }} as source,
    cast(null as {{ nexus.nexus_type('timestamp') }}) as occurred_at,
    cast(null as {{ nexus.nexus_type('timestamp') }}) as _ingested_at,
    'forced' as rule
from (
    {{ nexus.nexus_pairs(force) | indent(4) }}
) as pairs
where exists (
    select 1 as found from good
    where good.entity_type = pairs.entity_type and good.identifier_type = pairs.identifier_type_a and good.identifier_value = pairs.identifier_value_a
)
and exists (
    select 1 as found from good
    where good.entity_type = pairs.entity_type and good.identifier_type = pairs.identifier_type_b and good.identifier_value = pairs.identifier_value_b
)
    {%- endfor %}
{%- endif -%}
{%- endmacro %}


{#- Renders the sightings that are not in quarantine. tables: `identifiers` and `hubs`, relations to read in place of nexus_entity_identifiers and
    nexus_identity_hubs. -#}
{% macro nexus_good_sightings(tables={}) -%}
select
    sightings.edge_id,
    sightings.entity_type,
    sightings.identifier_type,
    sightings.identifier_value,
    sightings.event_id,
    sightings.source,
    sightings.occurred_at,
    sightings._ingested_at,
    'same occurrence' as rule
from {{ tables['identifiers'] or ref('nexus_entity_identifiers') }} as sightings
left join {{ tables['hubs'] or ref('nexus_identity_hubs') }} as hubs
    on sightings.entity_type = hubs.entity_type
    and sightings.identifier_type = hubs.identifier_type
    and sightings.identifier_value = hubs.identifier_value
where sightings.quarantine_reason is null
    and hubs.identifier_value is null
{%- endmacro %}


{#- Renders the identifiers that leave an occurrence because it shows a denied pair. good: relation of sightings that may join. -#}
{% macro nexus_denied_members(good) -%}
select distinct
    seconds.edge_id,
    seconds.entity_type,
    seconds.identifier_type,
    seconds.identifier_value
from (
    {{ nexus.nexus_pairs(nexus.nexus_config('identity')['deny']) | indent(4) }}
) as pairs
inner join {{ good }} as firsts
    on pairs.entity_type = firsts.entity_type
    and pairs.identifier_type_a = firsts.identifier_type
    and pairs.identifier_value_a = firsts.identifier_value
inner join {{ good }} as seconds
    on firsts.edge_id = seconds.edge_id
    and pairs.entity_type = seconds.entity_type
    and pairs.identifier_type_b = seconds.identifier_type
    and pairs.identifier_value_b = seconds.identifier_value
{%- endmacro %}


{#- Renders the pairs of a table of pairs. name: a model or seed. -#}
{% macro nexus_pairs(name) -%}
{%- set columns = ['entity_type', 'identifier_type_a', 'identifier_value_a', 'identifier_type_b', 'identifier_value_b'] -%}
{%- do nexus.nexus_check_columns(name, ref(name), columns, 'a table of denied or forced pairs') -%}
select
    {%- for column in columns %}
    cast({{ column }} as {{ dbt.type_string() }}) as {{ column }}{% if not loop.last %},{% endif %}
    {%- endfor %}
from {{ ref(name) }}
{%- endmacro %}


{#- Renders the name of the occurrence that a forced pair makes; alias: pairs. -#}
{% macro nexus_forced_edge_id() -%}
{{ nexus.create_nexus_id('forced_pair', ['pairs.entity_type', 'pairs.identifier_type_a', 'pairs.identifier_value_a', 'pairs.identifier_type_b', 'pairs.identifier_value_b']) }}
{%- endmacro %}
