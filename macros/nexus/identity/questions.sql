{#- Questions about resolved identities, as `nexus identity` asks them. Each renders one statement; values come as text and are quoted here.
    The same on every database. -#}


{#- Renders the identifiers that a text names, with their entities. text: `value`, `type:value`, or the id of an entity. -#}
{% macro nexus_question_identifiers(text) -%}
{%- set named = nexus.nexus_text_literal(text) -%}
select entity_id, entity_type, identifier_type, identifier_value, sightings, first_seen_at, last_seen_at
from {{ ref('nexus_resolved_identifiers') }}
where identifier_value = {{ named }}
    or identifier_type || ':' || identifier_value = {{ named }}
    or entity_id = {{ named }}
order by
    {{ nexus.nexus_byte_order('entity_id') }},
    {{ nexus.nexus_byte_order('identifier_type') }},
    {{ nexus.nexus_byte_order('identifier_value') }}
{%- endmacro %}


{#- Renders why sightings of a value joined nothing, and how many there are. text: `value` or `type:value`, as delivered. -#}
{% macro nexus_question_quarantine(text) -%}
{%- set named = nexus.nexus_text_literal(text) -%}
select reason, count(*) as sightings
from {{ ref('nexus_identity_quarantine') }}
where raw_identifier_value = {{ named }}
    or identifier_type || ':' || raw_identifier_value = {{ named }}
group by reason
order by reason
{%- endmacro %}


{#- Renders the edges of an entity, each with its first evidence. -#}
{% macro nexus_question_edges(entity_id) -%}
select
    edges.identifier_type_a,
    edges.identifier_value_a,
    edges.identifier_type_b,
    edges.identifier_value_b,
    edges.first_event_id,
    edges.first_source,
    edges.first_seen_at,
    edges.sightings,
    edges.rule
from {{ ref('nexus_identity_edges') }} as edges
inner join {{ ref('nexus_resolved_identifiers') }} as resolved
    on edges.entity_type = resolved.entity_type
    and edges.identifier_type_a = resolved.identifier_type
    and edges.identifier_value_a = resolved.identifier_value
where resolved.entity_id = {{ nexus.nexus_text_literal(entity_id) }}
order by
    edges.first_seen_at asc nulls last,
    {{ nexus.nexus_byte_order('edges.identity_edge_id') }}
{%- endmacro %}


{#- Renders what the log says about an entity, oldest first. Only with `incremental: true`. -#}
{% macro nexus_question_log(entity_id) -%}
select batch, decision, entity_id, previous_entity_id, identifier_type, identifier_value, identifiers, event_id, source, batch_ingested_at
from {{ ref('nexus_identity_log') }}
where entity_id = {{ nexus.nexus_text_literal(entity_id) }}
    or previous_entity_id = {{ nexus.nexus_text_literal(entity_id) }}
order by batch, decision, {{ nexus.nexus_byte_order('identity_log_id') }}
{%- endmacro %}


{#- Renders what there is, as (what, detail, number). -#}
{% macro nexus_question_stats() -%}
with sizes as (
    select entity_type, entity_id, count(*) as identifiers
    from {{ ref('nexus_resolved_identifiers') }}
    group by entity_type, entity_id
)

select 1 as place, 'entities' as what, entity_type as detail, count(*) as number
from sizes
group by entity_type

union all

select 2 as place, 'identifiers' as what, entity_type as detail, sum(identifiers) as number
from sizes
group by entity_type

union all

select 3 as place, 'identifiers of the largest' as what, entity_type as detail, max(identifiers) as number
from sizes
group by entity_type

union all

select 4 as place, 'edges' as what, entity_type as detail, count(*) as number
from {{ ref('nexus_identity_edges') }}
group by entity_type

union all

select 5 as place, 'sightings in quarantine' as what, reason as detail, count(*) as number
from {{ ref('nexus_identity_quarantine') }}
group by reason
{%- if nexus.nexus_config('identity')['incremental'] %}

union all

select 6 as place, 'decisions in the log' as what, decision as detail, count(*) as number
from {{ ref('nexus_identity_log') }}
group by decision
{%- endif %}
order by place, detail
{%- endmacro %}


{#- Renders the invariants with the number of rows that break each, as (invariant, violations). -#}
{% macro nexus_question_check() -%}
{%- set is_found_anew = adapter.dispatch('nexus_finds_components_in_one_statement', 'nexus')() -%}
{% if is_found_anew -%}
{{ nexus.nexus_labels_of_nodes('numbered_nodes', 'numbered_edges', nexus.nexus_numbered_graph(ref('nexus_identity_nodes'), ref('nexus_identity_edges'))) }},

anew as (
    select smallest_nodes.label, entities.entity_id
    from smallest_nodes
    inner join numbered_nodes on smallest_nodes.node = numbered_nodes.node
    inner join {{ ref('nexus_resolved_identifiers') }} as entities
        on {{ nexus.nexus_same_identifier('numbered_nodes', 'entities') | indent(4) }}
),

{% else -%}
with {% endif %}entities as (
    select entity_type, identifier_type, identifier_value, min(entity_id) as entity_id, count(*) as entities
    from {{ ref('nexus_resolved_identifiers') }}
    group by entity_type, identifier_type, identifier_value
),

matched as (
    select entities.entity_id, entities.entity_type, components.component
    from entities
    inner join {{ ref('nexus_identity_components') }} as components
        on entities.entity_type = components.entity_type
        and entities.identifier_type = components.identifier_type
        and entities.identifier_value = components.identifier_value
)

select 1 as place, 'every good identifier is of one entity' as invariant, count(*) as violations
from {{ ref('nexus_identity_nodes') }} as nodes
left join entities
    on nodes.entity_type = entities.entity_type
    and nodes.identifier_type = entities.identifier_type
    and nodes.identifier_value = entities.identifier_value
where entities.entity_id is null
    or entities.entities > 1

union all

select 2 as place, 'linked identifiers are of one entity' as invariant, count(*) as violations
from {{ ref('nexus_identity_edges') }} as edges
left join entities as a
    on edges.entity_type = a.entity_type
    and edges.identifier_type_a = a.identifier_type
    and edges.identifier_value_a = a.identifier_value
left join entities as b
    on edges.entity_type = b.entity_type
    and edges.identifier_type_b = b.identifier_type
    and edges.identifier_value_b = b.identifier_value
where a.entity_id is null
    or b.entity_id is null
    or a.entity_id <> b.entity_id

union all

select 3 as place, 'an entity hangs together: one component each' as invariant, count(*) as violations
from (
    select entity_id
    from matched
    group by entity_id
    having count(distinct component) > 1
) as torn

union all

select 4 as place, 'a component is one entity' as invariant, count(*) as violations
from (
    select component
    from matched
    group by component
    having count(distinct entity_id) > 1
) as halved

union all

select 5 as place, 'no entity is of two types' as invariant, count(*) as violations
from (
    select entity_id
    from entities
    group by entity_id
    having count(distinct entity_type) > 1
) as mixed

union all

select 6 as place, 'nothing without a value joins' as invariant, count(*) as violations
from entities
where identifier_value is null
    or identifier_value = ''

union all

select 7 as place, 'no hub joins' as invariant, count(*) as violations
from {{ ref('nexus_identity_hubs') }} as hubs
inner join entities
    on hubs.entity_type = entities.entity_type
    and hubs.identifier_type = entities.identifier_type
    and hubs.identifier_value = entities.identifier_value
{%- if is_found_anew %}

union all

select 8 as place, 'components found anew from the edges are the entities' as invariant, count(*) as violations
from (
    select entity_id as name
    from anew
    group by entity_id
    having count(distinct label) > 1

    union all

    select min(entity_id) as name
    from anew
    group by label
    having count(distinct entity_id) > 1
) as different
{%- endif %}
{%- if nexus.nexus_config('identity')['deny'] %}

union all

select 9 as place, 'no denied pair is of one entity' as invariant, count(*) as violations
from (
    {{ nexus.nexus_pairs(nexus.nexus_config('identity')['deny']) | indent(4) }}
) as pairs
inner join entities as a
    on pairs.entity_type = a.entity_type
    and pairs.identifier_type_a = a.identifier_type
    and pairs.identifier_value_a = a.identifier_value
inner join entities as b
    on pairs.entity_type = b.entity_type
    and pairs.identifier_type_b = b.identifier_type
    and pairs.identifier_value_b = b.identifier_value
where a.entity_id = b.entity_id
{%- endif %}
{%- if nexus.nexus_limits() %}

union all

select 10 as place, 'no entity is over a limit, unless pairs were forced' as invariant, count(*) as violations
from (
    {{ nexus.nexus_over_limits('select entity_type, identifier_type, identifier_value, entity_id as component, first_seen_at from ' ~ ref('nexus_resolved_identifiers')) | indent(4) }}
) as crowded
    {%- if nexus.nexus_config('identity')['force'] %}
where not exists (
    select 1 as found
    from (
        {{ nexus.nexus_pairs(nexus.nexus_config('identity')['force']) | indent(8) }}
    ) as pairs
    inner join entities
        on pairs.entity_type = entities.entity_type
        and pairs.identifier_type_a = entities.identifier_type
        and pairs.identifier_value_a = entities.identifier_value
    where entities.entity_id = crowded.component
)
    {%- endif %}
{%- endif %}
order by place
{%- endmacro %}


{#- Returns whether one recursive statement finds components on this database (nexus_labels_of_nodes). -#}
{% macro default__nexus_finds_components_in_one_statement() -%}
  {{ return(true) }}
{%- endmacro %}

{% macro snowflake__nexus_finds_components_in_one_statement() -%}
  {{ return(false) }}
{%- endmacro %}

{% macro redshift__nexus_finds_components_in_one_statement() -%}
  {{ return(false) }}
{%- endmacro %}

{% macro databricks__nexus_finds_components_in_one_statement() -%}
  {{ return(false) }}
{%- endmacro %}
