{#- Makes and fills a table of components by rounds of ordinary statements, which any database can spill and spread. relation: the
    table, not there yet. sql: sightings (edge_id, entity_type, identifier_type, identifier_value).

    Identifiers are numbered; each occurrence is a star around its smallest. In a round every
    vertex points at its smallest neighbour or itself, pointers jump until all point at roots, and edges are drawn anew between roots; what has no
    edge left is done. A pointer never rises, so there is no cycle; each round at least halves the vertices, and jumps grow with the logarithm
    of the longest chain. It ends when no edge is left, never earlier. The same on every database, but for how a work table is made. -#}
{% macro nexus_components_by_contraction(relation, sql) -%}
  {%- set started_at = modules.datetime.datetime.now() -%}
  {%- do adapter.dispatch('nexus_sightings_are_filled', 'nexus')() -%}
  {%- set nodes = nexus.nexus_work_table('nodes', nexus.nexus_numbered_identifiers(sql)) -%}
  {%- set stars = nexus.nexus_work_table('stars', nexus.nexus_stars(sql, nodes)) -%}
  {%- set ns = namespace(round=0, edges=stars, pointers=[], labels=none) -%}
  {%- for _ in range(64) -%}
    {%- if ns.edges is not none -%}
      {%- set ns.round = ns.round + 1 -%}
      {%- do nexus.nexus_contract_once(ns) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if ns.edges is not none -%}
    {%- do exceptions.raise_compiler_error('nexus identity: edges are left after 64 rounds, which cannot be: this is a bug in nexus') -%}
  {%- endif -%}
  {%- do nexus.nexus_join_rounds(ns) -%}
  {%- call statement('main') -%}
    {{ create_table_as(False, relation, nexus.nexus_components_from_labels(nodes, ns.labels)) }}
  {%- endcall -%}
  {%- set torn = nexus.nexus_count('(' ~ nexus.nexus_torn_stars(stars, ns.labels) ~ ') as torn') -%}
  {%- if torn -%}
    {%- do exceptions.raise_compiler_error('nexus identity: ' ~ torn ~ ' pairs of linked identifiers are in two components: this is a bug in nexus') -%}
  {%- endif -%}
  {%- set identifiers = nexus.nexus_count(nodes) -%}
  {%- set components = identifiers - (nexus.nexus_count(ns.labels, 'pointer <> node') if ns.labels is not none else 0) -%}
  {%- do nexus.nexus_log_components('in ' ~ ns.round ~ ' rounds', identifiers, components, started_at) -%}
  {%- for work in [nodes, stars, ns.labels] -%}
    {%- do adapter.drop_relation(work) -%}
  {%- endfor -%}
{%- endmacro %}


{#- One round: ns.edges become the edges between roots (none when there are none), ns.pointers gain the root of every vertex that had an edge. -#}
{% macro nexus_contract_once(ns) -%}
  {%- set started_at = modules.datetime.datetime.now() -%}
  {%- set pointers = nexus.nexus_pointers_to_roots(ns) -%}
  {%- do ns.pointers.append(pointers) -%}
  {%- set between = nexus.nexus_work_table('edges_' ~ ns.round, nexus.nexus_edges_between_roots(ns.edges, pointers)) -%}
  {%- set vertices = nexus.nexus_count(pointers) -%}
  {%- set left = nexus.nexus_count(between) -%}
  {%- if ns.round > 1 -%}
    {%- do adapter.drop_relation(ns.edges) -%}
  {%- endif -%}
  {%- set ns.edges = between if left else none -%}
  {%- if not left -%}
    {%- do adapter.drop_relation(between) -%}
  {%- endif -%}
  {%- set seconds = (modules.datetime.datetime.now() - started_at).total_seconds() -%}
  {%- do log('nexus identity: round {}: {:,} vertices, {:,} edges left, {:.2f}s'.format(ns.round, vertices, left, seconds), info=True) -%}
{%- endmacro %}


{#- Makes ns.labels, the root of every vertex that had an edge in any round, of the roots of each round: from the last, which has the fewest vertices, to the
    first, which has all. -#}
{% macro nexus_join_rounds(ns) -%}
  {%- for pointers in ns.pointers | reverse -%}
    {%- if loop.first -%}
      {%- set ns.labels = pointers -%}
    {%- else -%}
      {%- set labels = nexus.nexus_work_table('labels_' ~ loop.revindex, nexus.nexus_labels_after(pointers, ns.labels)) -%}
      {%- do adapter.drop_relation(pointers) -%}
      {%- do adapter.drop_relation(ns.labels) -%}
      {%- set ns.labels = labels -%}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}


{#- Returns a work table vertex → root of this round. As long as many pointers move, all jump. What did not move in a jump points at a root by then,
    so from there on only the others jump: those of long chains, mostly few. -#}
{% macro nexus_pointers_to_roots(ns) -%}
  {%- set first = nexus.nexus_work_table('pointers_' ~ ns.round ~ '_0', nexus.nexus_smallest_neighbours(ns.edges)) -%}
  {%- set found = namespace(all=first, some=none, moved=nexus.nexus_count(first)) -%}
  {%- set few = found.moved // 8 -%}
  {%- for jump in range(1, 64) -%}
    {%- if found.moved -%}
      {%- set here = found.some if found.some is not none else found.all -%}
      {%- set jumped = nexus.nexus_jump_of_some(here) if found.some is not none else nexus.nexus_jump(here) -%}
      {%- set next = nexus.nexus_work_table('pointers_' ~ ns.round ~ '_' ~ jump, jumped) -%}
      {%- do adapter.drop_relation(here) -%}
      {%- set found.moved = nexus.nexus_count(next, 'moved = 1') -%}
      {%- if found.some is not none -%}
        {%- set found.some = next -%}
      {%- else -%}
        {%- set found.all = next -%}
        {%- if found.moved and found.moved <= few -%}
          {%- set found.some = nexus.nexus_work_table('moving_' ~ ns.round, nexus.nexus_moving(next)) -%}
          {%- set found.moved = nexus.nexus_count(found.some, 'moved = 1') -%}
        {%- endif -%}
      {%- endif -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if found.some is none -%}
    {{ return(found.all) }}
  {%- endif -%}
  {%- set settled = nexus.nexus_work_table('settled_' ~ ns.round, nexus.nexus_with_some(found.all, found.some)) -%}
  {%- do adapter.drop_relation(found.all) -%}
  {%- do adapter.drop_relation(found.some) -%}
  {{ return(settled) }}
{%- endmacro %}


{#- Makes a table that lives as long as the session, and returns its relation. By database: whether it needs a schema. -#}
{% macro nexus_work_table(suffix, sql) -%}
  {%- set relation = nexus.nexus_work_relation(suffix) -%}
  {%- call statement('nexus_' ~ suffix) -%}
    {{ create_table_as(True, relation, sql) }}
  {%- endcall -%}
  {%- do adapter.dispatch('nexus_work_table_is_filled', 'nexus')(relation) -%}
  {{ return(relation) }}
{%- endmacro %}

{#- Does what a database needs before a filled table is joined. By database: PostgreSQL counts no temporary table by itself, and would
    take the nested loops of a few rows. -#}
{% macro default__nexus_work_table_is_filled(relation) -%}
{%- endmacro %}

{% macro postgres__nexus_work_table_is_filled(relation) -%}
  {%- call statement('nexus_counted') -%}
    analyze {{ relation }}
  {%- endcall -%}
{%- endmacro %}

{% macro redshift__nexus_work_table_is_filled(relation) -%}
{%- endmacro %}

{#- The same for the tables that the model's sightings come from: they may be a moment old, and then PostgreSQL takes `is null` for rare. -#}
{% macro default__nexus_sightings_are_filled() -%}
{%- endmacro %}

{% macro postgres__nexus_sightings_are_filled() -%}
  {%- for id in model.depends_on.nodes if id in graph.nodes -%}
    {%- set node = graph.nodes[id] -%}
    {%- set relation = adapter.get_relation(node.database, node.schema, node.alias) -%}
    {%- if relation is not none and relation.is_table -%}
      {%- do nexus.postgres__nexus_work_table_is_filled(relation) -%}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}

{% macro redshift__nexus_sightings_are_filled() -%}
{%- endmacro %}

{% macro nexus_work_relation(suffix) -%}
  {{ return(adapter.dispatch('nexus_work_relation', 'nexus')(suffix)) }}
{%- endmacro %}

{% macro default__nexus_work_relation(suffix) -%}
  {{ return(api.Relation.create(identifier='nexus_work_' ~ suffix, type='table')) }}
{%- endmacro %}

{#- A session of Snowflake may have no schema of its own, so the table is named in whole. -#}
{% macro snowflake__nexus_work_relation(suffix) -%}
  {{ return(nexus.nexus_work_relation_beside(suffix)) }}
{%- endmacro %}

{#- Temporary tables of BigQuery stand in a dataset. -#}
{% macro bigquery__nexus_work_relation(suffix) -%}
  {{ return(nexus.nexus_work_relation_beside(suffix)) }}
{%- endmacro %}

{#- Statements of Databricks share no session, so a work table stands in a schema. -#}
{% macro databricks__nexus_work_relation(suffix) -%}
  {{ return(nexus.nexus_work_relation_beside(suffix)) }}
{%- endmacro %}

{#- Returns the relation of a work table beside the model that is built; a question belongs to no model, and has its tables beside the sightings.
    suffix: what its name ends with. The same on every database. -#}
{% macro nexus_work_relation_beside(suffix) -%}
  {%- set beside = this or ref('nexus_entity_identifiers') -%}
  {{ return(beside.incorporate(path={'identifier': beside.identifier ~ '__' ~ suffix}, type='table')) }}
{%- endmacro %}


{#- Returns how many rows a relation has. where: a condition. -#}
{% macro nexus_count(relation, where='1 = 1') -%}
  {{ return(run_query('select count(*) as n from ' ~ relation ~ ' where ' ~ where).rows[0][0] | int) }}
{%- endmacro %}


{#- Renders the identifiers with numbers. By database: the numbers need no order where the smallest identifier of a component is found by other
    means. -#}
{% macro nexus_numbered_identifiers(sql) -%}
  {{ return(adapter.dispatch('nexus_numbered_identifiers', 'nexus')(sql)) }}
{%- endmacro %}

{% macro default__nexus_numbered_identifiers(sql) -%}
select
    row_number() over (
        order by
            {{ nexus.nexus_byte_order('identifier_type') }},
            {{ nexus.nexus_byte_order('identifier_value') }},
            {{ nexus.nexus_byte_order('entity_type') }}
    ) as node,
    entity_type,
    identifier_type,
    identifier_value
from ({{ nexus.nexus_identifiers_sighted(sql) }}) as identifiers
{%- endmacro %}

{#- PostgreSQL compares text by text in a sort, which takes twice as long as all else here. -#}
{% macro postgres__nexus_numbered_identifiers(sql) -%}
select row_number() over () as node, entity_type, identifier_type, identifier_value
from ({{ nexus.nexus_identifiers_sighted(sql) }}) as identifiers
{%- endmacro %}

{% macro redshift__nexus_numbered_identifiers(sql) -%}
  {{ nexus.default__nexus_numbered_identifiers(sql) }}
{%- endmacro %}

{% macro nexus_identifiers_sighted(sql) -%}
    select distinct entity_type, identifier_type, identifier_value
    from ({{ sql }}) as sightings
    where entity_type is not null and identifier_type is not null and identifier_value is not null
{%- endmacro %}


{% macro nexus_stars(sql, nodes) -%}
select distinct center as node_a, node as node_b
from (
    select
        nodes.node,
        min(nodes.node) over (partition by sightings.edge_id, nodes.entity_type) as center
    from ({{ sql }}) as sightings
    inner join {{ nodes }} as nodes
        on sightings.entity_type = nodes.entity_type
        and sightings.identifier_type = nodes.identifier_type
        and sightings.identifier_value = nodes.identifier_value
    where sightings.edge_id is not null
) as members
where node <> center
{%- endmacro %}


{#- Renders where each vertex points first. An edge's first end is its smaller one, so only the second has a smaller neighbour by it. -#}
{% macro nexus_smallest_neighbours(edges) -%}
select node, min(neighbour) as pointer, 1 as moved
from (
    select node_b as node, node_a as neighbour from {{ edges }}
    union all
    select node_a as node, node_a as neighbour from {{ edges }}
) as neighbours
group by node
{%- endmacro %}


{% macro nexus_jump(pointers) -%}
select
    here.node,
    there.pointer,
    case when there.pointer <> here.pointer then 1 else 0 end as moved
from {{ pointers }} as here
inner join {{ pointers }} as there on here.pointer = there.node
{%- endmacro %}


{#- Renders the pointers that still move. A pointer at a vertex that moves no more is at its root after one jump, and done: what is left are pointers within
    the moving, which from here on need no look at the others. all: the pointers of all vertices after the last jump of all. -#}
{% macro nexus_moving(all) -%}
select
    here.node,
    case when near.node is null then far.pointer else here.pointer end as pointer,
    case when near.node is null then 0 else 1 end as moved
from {{ all }} as here
inner join {{ all }} as far on here.pointer = far.node
left join (select node from {{ all }} where moved = 1) as near on here.pointer = near.node
where here.moved = 1
{%- endmacro %}


{#- Renders the jump of the moving pointers; those that are done stay. some: as nexus_moving. -#}
{% macro nexus_jump_of_some(some) -%}
select
    here.node,
    coalesce(near.pointer, here.pointer) as pointer,
    coalesce(near.moved, 0) as moved
from {{ some }} as here
left join {{ some }} as near on here.pointer = near.node and here.moved = 1
{%- endmacro %}


{% macro nexus_with_some(all, some) -%}
select far.node, coalesce(near.pointer, far.pointer) as pointer
from {{ all }} as far
left join {{ some }} as near on far.node = near.node
{%- endmacro %}


{% macro nexus_labels_after(labels, pointers) -%}
select labels.node, coalesce(pointers.pointer, labels.pointer) as pointer
from {{ labels }} as labels
left join {{ pointers }} as pointers on labels.pointer = pointers.node
{%- endmacro %}


{% macro nexus_edges_between_roots(edges, pointers) -%}
select distinct
    case when a.pointer < b.pointer then a.pointer else b.pointer end as node_a,
    case when a.pointer < b.pointer then b.pointer else a.pointer end as node_b
from {{ edges }} as edges
inner join {{ pointers }} as a on edges.node_a = a.node
inner join {{ pointers }} as b on edges.node_b = b.node
where a.pointer <> b.pointer
{%- endmacro %}


{#- Renders the table of components. A component is named by the smallest of its identifiers. By database: how that one is found. -#}
{% macro nexus_components_from_labels(nodes, labels) -%}
  {{ return(adapter.dispatch('nexus_components_from_labels', 'nexus')(nodes, labels)) }}
{%- endmacro %}

{% macro default__nexus_components_from_labels(nodes, labels) -%}
select
    nodes.entity_type,
    nodes.identifier_type,
    nodes.identifier_value,
    names.component
from {{ nodes }} as nodes
left join {{ labels }} as labels on nodes.node = labels.node
inner join (
    select smallest.node, {{ nexus.nexus_component_of('smallest') }} as component
    from {{ nodes }} as smallest
    left join {{ labels }} as own on smallest.node = own.node
    where coalesce(own.pointer, smallest.node) = smallest.node
) as names on coalesce(labels.pointer, nodes.node) = names.node
{%- endmacro %}

{#- The smallest identifier of each component without a sort: pairs compare as rows would. The numbers say nothing about it. -#}
{% macro postgres__nexus_components_from_labels(nodes, labels) -%}
with rooted as (
    select nodes.entity_type, nodes.identifier_type, nodes.identifier_value, coalesce(labels.pointer, nodes.node) as root
    from {{ nodes }} as nodes
    left join {{ labels }} as labels on nodes.node = labels.node
)

select
    rooted.entity_type,
    rooted.identifier_type,
    rooted.identifier_value,
    names.component
from rooted
inner join (
    select smallest.root, {{ nexus.nexus_component_of('smallest') }} as component
    from (
        select root, entity_type, pair[1] as identifier_type, pair[2] as identifier_value
        from (
            select
                root,
                min(entity_type) as entity_type,
                min(array[{{ nexus.nexus_byte_order('identifier_type') }}, {{ nexus.nexus_byte_order('identifier_value') }}]) as pair
            from rooted
            group by root
        ) as pairs
    ) as smallest
) as names on rooted.root = names.root
{%- endmacro %}

{% macro redshift__nexus_components_from_labels(nodes, labels) -%}
  {{ nexus.default__nexus_components_from_labels(nodes, labels) }}
{%- endmacro %}

{#- Renders the pairs of linked identifiers that are in two components: none, if all is well. -#}
{% macro nexus_torn_stars(stars, labels) -%}
select stars.node_a, stars.node_b
from {{ stars }} as stars
inner join {{ labels }} as a on stars.node_a = a.node
inner join {{ labels }} as b on stars.node_b = b.node
where a.pointer <> b.pointer
{%- endmacro %}
