{#- Renders node → label, where the label is the smallest node of the node's connected component, exact at
    any diameter. nodes: relation with the column `node`, whole numbers. edges: relation with `node_a` and `node_b`.
    By database: DuckDB keeps one row a node (USING KEY). A round reads only the nodes whose label fell in the last
    one; they pass it on to their neighbours, to the nodes that those point at and to the nodes that point at
    them, so that rounds grow with the logarithm of the longest chain. It ends when no label falls. Elsewhere a recursive closure of pairs with
    UNION: exact as well, quadratic in the size of a component. -#}
{% macro nexus_connected_components(nodes, edges) -%}
  {{ return(adapter.dispatch('nexus_connected_components', 'nexus')(nodes, edges)) }}
{%- endmacro %}

{% macro default__nexus_connected_components(nodes, edges) -%}
with recursive links as (
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
)

select node, min(label) as label
from reached
group by node
{%- endmacro %}

{% macro duckdb__nexus_connected_components(nodes, edges) -%}
with recursive links as materialized (
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
)

select node, label
from labels
{%- endmacro %}


{#- Renders the id of an entity from its smallest identifier: `per_` or `grp_` and the md5 of
    `entity_type|identifier_type|identifier_value`. The same on every database. -#}
{% macro nexus_entity_id(entity_type, identifier_type, identifier_value) -%}
  case {{ entity_type }} when 'person' then 'per_' when 'group' then 'grp_' end
    || {{ nexus.nexus_md5(entity_type ~ " || '|' || " ~ identifier_type ~ " || '|' || " ~ identifier_value) }}
{%- endmacro %}
