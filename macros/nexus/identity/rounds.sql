{#- Renders the same as nexus_labels_of_nodes for databases whose recursive statements keep duplicates, and so never end on a cycle:
    rounds of contraction, written out one after the other in one statement.

    In a round every vertex points at the smallest of itself and its neighbours, pointers are followed for two to the power of `jumps`
    steps, and edges are drawn anew between the vertices that are pointed at: a pointer never rises, and where all have come to their end
    each round leaves half of the vertices with edges at most, of real graphs far fewer. Chains that go down for more than 1,024 steps, or
    shapes that need more rounds, leave edges: then the statement ends with an error and never with a wrong answer.

    nodes: relation with the column `node`, whole numbers. edges: relation with `node_a` and `node_b`. ctes: CTEs that make them, with a
    comma after the last. The same on every database. -#}
{% macro nexus_labels_by_rounds(nodes, edges, ctes='', rounds=7, jumps=10) -%}
with {{ ctes }}edges_0 as (
    select node_a as vertex, node_b as neighbour from {{ edges }} where node_a <> node_b
    union
    select node_b as vertex, node_a as neighbour from {{ edges }} where node_a <> node_b
),

labels_0 as (
    select node, node as label from {{ nodes }}
),
{%- for round in range(1, rounds + 1) %}

pointers_{{ round }}_0 as (
    select vertex, case when min(neighbour) < vertex then min(neighbour) else vertex end as pointer
    from edges_{{ round - 1 }}
    group by vertex
),
{%- for jump in range(1, jumps + 1) %}

pointers_{{ round }}_{{ jump }} as (
    select near.vertex, far.pointer
    from pointers_{{ round }}_{{ jump - 1 }} as near
    inner join pointers_{{ round }}_{{ jump - 1 }} as far on near.pointer = far.vertex
),
{%- endfor %}

labels_{{ round }} as (
    select labels.node, coalesce(pointers.pointer, labels.label) as label
    from labels_{{ round - 1 }} as labels
    left join pointers_{{ round }}_{{ jumps }} as pointers on labels.label = pointers.vertex
),

edges_{{ round }} as (
    select distinct a.pointer as vertex, b.pointer as neighbour
    from edges_{{ round - 1 }} as edges
    inner join pointers_{{ round }}_{{ jumps }} as a on edges.vertex = a.vertex
    inner join pointers_{{ round }}_{{ jumps }} as b on edges.neighbour = b.vertex
    where a.pointer <> b.pointer
),
{%- endfor %}

edges_left as (
    select count(*) as number_left from edges_{{ rounds }}
),

smallest_nodes as (
    select
        labels.node,
        -- A text that is no number ends the statement.
        case
            when edges_left.number_left = 0 then min(labels.node) over (partition by labels.label)
            else cast('identifiers are left: use the strategy contraction for ' || cast(edges_left.number_left as {{ dbt.type_string() }}) as {{ dbt.type_bigint() }})
        end as label
    from labels_{{ rounds }} as labels
    cross join edges_left
)
{%- endmacro %}
