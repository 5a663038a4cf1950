{#- Renders node → label, where the label is the smallest node of the node's connected component, exact at
    any diameter. nodes: relation with the column `node`, whole numbers. edges: relation with `node_a` and `node_b`. ctes: where these are
    not relations, the CTEs that make them, with a comma after the last.
    By database: DuckDB keeps one row a node (USING KEY). A round reads only the nodes whose label fell in the last
    one; they pass it on to their neighbours, to the nodes that those point at and to the nodes that point at
    them, so that rounds grow with the logarithm of the longest chain. It ends when no label falls. Elsewhere a recursive closure of pairs with
    UNION: exact as well, quadratic in the size of a component. -#}
{% macro nexus_connected_components(nodes, edges, ctes='') -%}
{{ nexus.nexus_labels_of_nodes(nodes, edges, ctes) }}

select node, label
from smallest_nodes
{%- endmacro %}

{#- Renders the same as the head of a statement: a `with` that ends with the CTE smallest_nodes (node, label). -#}
{% macro nexus_labels_of_nodes(nodes, edges, ctes='') -%}
  {{ return(adapter.dispatch('nexus_labels_of_nodes', 'nexus')(nodes, edges, ctes)) }}
{%- endmacro %}

{% macro default__nexus_labels_of_nodes(nodes, edges, ctes='') -%}
with recursive {{ ctes }}links as (
    select node_a as node, node_b as neighbour from {{ edges }} where node_a <> node_b
    union
    select node_b as node, node_a as neighbour from {{ edges }} where node_a <> node_b
),

reached as (
    select node, node as label from {{ nodes }}
    union
    select reached.node, links.neighbour as label
    from reached
    inner join links on reached.label = links.node
),

smallest_nodes as (
    select node, min(label) as label
    from reached
    group by node
)
{%- endmacro %}

{#- A recursive CTE of BigQuery ends with an error after 500 rounds: never with a wrong answer. -#}
{% macro bigquery__nexus_labels_of_nodes(nodes, edges, ctes='') -%}
with recursive {{ ctes }}links as (
    select node_a as node, node_b as neighbour from {{ edges }} where node_a <> node_b
    union distinct
    select node_b as node, node_a as neighbour from {{ edges }} where node_a <> node_b
),

reached as (
    select node, node as label from {{ nodes }}
    union distinct
    select reached.node, links.neighbour as label
    from reached
    inner join links on reached.label = links.node
),

smallest_nodes as (
    select node, min(label) as label
    from reached
    group by node
)
{%- endmacro %}

{% macro snowflake__nexus_labels_of_nodes(nodes, edges, ctes='') -%}
{{ nexus.nexus_labels_by_rounds(nodes, edges, ctes) }}
{%- endmacro %}

{#- Databases whose recursive CTEs keep duplicates never end on a cycle. -#}
{% macro redshift__nexus_labels_of_nodes(nodes, edges, ctes='') -%}
  {{ nexus.nexus_no_connected_components() }}
{%- endmacro %}

{% macro databricks__nexus_labels_of_nodes(nodes, edges, ctes='') -%}
  {{ nexus.nexus_no_connected_components() }}
{%- endmacro %}

{#- Raises a compiler error, when the model is run or compiled and not when the project is read. -#}
{% macro nexus_no_connected_components() -%}
  {%- if execute -%}
    {%- do nexus.nexus_configuration_error('`strategy: recursive_cte` cannot end on ' ~ target.type ~ ', whose recursive statements keep duplicates', 'use `strategy: auto` under `vars: nexus: identity`') -%}
  {%- endif -%}
  with smallest_nodes as (select cast(null as {{ dbt.type_bigint() }}) as node, cast(null as {{ dbt.type_bigint() }}) as label)
{%- endmacro %}


{% macro duckdb__nexus_labels_of_nodes(nodes, edges, ctes='') -%}
with recursive {{ ctes }}links as materialized (
    select node_a as node, node_b as neighbour from {{ edges }} where node_a <> node_b
    union
    select node_b as node, node_a as neighbour from {{ edges }} where node_a <> node_b
),

labels(node, label) using key (node) as (
    select nodes.node, least(nodes.node, min(links.neighbour)) as label
    from {{ nodes }} as nodes
    left join links on nodes.node = links.node
    group by nodes.node

    union

    select offers.node, offers.label
    from (
        select node, min(label) as label
        from (
            -- To the neighbours of a node whose label fell.
            select links.neighbour as node, changed.label
            from labels as changed
            inner join links on changed.node = links.node

            union all

            -- To the node that such a neighbour points at.
            select neighbour.label as node, changed.label
            from labels as changed
            inner join links on changed.node = links.node
            inner join recurring.labels as neighbour on links.neighbour = neighbour.node
            where changed.label < neighbour.label

            union all

            -- From the neighbours, to the node that the label names.
            select changed.label as node, neighbour.label
            from labels as changed
            inner join links on changed.node = links.node
            inner join recurring.labels as neighbour on links.neighbour = neighbour.node
            where changed.label > neighbour.label

            union all

            -- From the label's own label.
            select changed.node, upper_label.label
            from labels as changed
            inner join recurring.labels as upper_label on changed.label = upper_label.node
            where upper_label.label < changed.label

            union all

            -- To the nodes that point at it.
            select dependent.node, changed.label
            from labels as changed
            inner join recurring.labels as dependent on dependent.label = changed.node
            where dependent.label > changed.label
        ) as candidates
        group by node
    ) as offers
    inner join recurring.labels as labelled on offers.node = labelled.node
    where offers.label < labelled.label
),

smallest_nodes as (
    select node, label
    from labels
)
{%- endmacro %}


{#- Renders the id of an entity: the prefix of its type (`per_`, `grp_`) and the name of its component. The same on every database. -#}
{% macro nexus_entity_id(entity_type, component) -%}
  case {{ entity_type }}{% for name, prefix in nexus.nexus_config('entity_types').items() %} when {{ nexus.nexus_text_literal(name) }} then '{{ prefix }}_'{% endfor %} end || {{ component }}
{%- endmacro %}


{#- Renders nexus_resolved_<entity_type>_identifiers: one row an identifier of one type of entity and the entity
    it belongs to. entity_type: one of `vars: nexus: entity_types`. The same on every database. -#}
{% macro nexus_resolved_identifiers_of(entity_type) -%}
select
    {{ nexus.create_nexus_id(entity_type ~ '_identifier', ['identifier_type', 'identifier_value']) }} as {{ entity_type }}_identifier_id,
    entity_id as {{ entity_type }}_id,
    identifier_type,
    identifier_value,
    sightings,
    first_seen_at,
    last_seen_at,
    _ingested_at
from {{ ref('nexus_resolved_identifiers') }}
where entity_type = {{ nexus.nexus_text_literal(entity_type) }}
{%- endmacro %}
