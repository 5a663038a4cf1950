{#- Renders the same as nexus_labels_of_nodes for databases whose recursive statements keep duplicates, and so never end on a cycle:
    rounds of contraction, written out one after the other in one statement.

    In a round every vertex points at the first of itself and its neighbours in an order that the round's hash shuffles, pointers are
    followed for two to the power of `jumps` steps, and edges are drawn anew between the vertices that are pointed at. In a shuffled order
    chains of pointers are short, and at most every second vertex is the first among its neighbours, so that each round leaves half of
    the vertices with edges at most: 16 rounds are enough for 65,536 identifiers that hang together in the worst of shapes, and in practice for
    many more. Where edges are left all the same, the statement ends with an error and never with a wrong answer.

    nodes: relation with the column `node`, whole numbers. edges: relation with `node_a` and `node_b`. ctes: CTEs that make them, with a
    comma after the last. By database: the hash. -#}
{% macro nexus_labels_by_rounds(nodes, edges, ctes='', rounds=16, jumps=4) -%}
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
    -- The number stands behind 32 digits of its hash and a blank.
    select vertex, cast(substr(case when min(neighbour_key) < vertex_key then min(neighbour_key) else vertex_key end, 34) as {{ dbt.type_bigint() }}) as pointer
    from (
        select vertex, {{ nexus.nexus_shuffled('vertex', round) }} as vertex_key, {{ nexus.nexus_shuffled('neighbour', round) }} as neighbour_key
        from edges_{{ round - 1 }}
    ) as keyed
    group by vertex, vertex_key
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

{#- Renders a text that puts a number in another place in each round: its hash, a blank, the number. By database: the hash. -#}
{% macro nexus_shuffled(number, round) -%}
  {{ nexus.nexus_md5("'" ~ round ~ " ' || cast(" ~ number ~ " as " ~ dbt.type_string() ~ ")") }} || ' ' || cast({{ number }} as {{ dbt.type_string() }})
{%- endmacro %}
