{#- Makes and fills a table of components by rounds of ordinary statements, which any database can spill and spread. relation: the
    table, not there yet. sql: sightings (edge_id, entity_type, identifier_type, identifier_value).

    Identifiers are numbered in the byte order of (type, value); each occurrence is a star around its smallest. In a round every
    vertex points at its smallest neighbour or itself, pointers jump until all point at roots, and edges are drawn anew between roots; what has no
    edge left is done. A pointer never rises, so there is no cycle; each round at least halves the vertices, and jumps grow with the logarithm
    of the longest chain. It ends when no edge is left, never earlier. The same on every database, but for how a work table is made. -#}
{% macro nexus_components_by_contraction(relation, sql) -%}
  {%- set started_at = modules.datetime.datetime.now() -%}
  {%- set nodes = nexus.nexus_work_table('nodes', nexus.nexus_numbered_identifiers(sql)) -%}
  {%- set stars = nexus.nexus_work_table('stars', nexus.nexus_stars(sql, nodes)) -%}
  {%- set ns = namespace(round=0, edges=stars, labels=none) -%}
  {%- for _ in range(64) -%}
    {%- if ns.edges is not none -%}
      {%- set ns.round = ns.round + 1 -%}
      {%- do nexus.nexus_contract_once(ns) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if ns.edges is not none -%}
    {%- do exceptions.raise_compiler_error('nexus identity: edges are left after 64 rounds, which cannot be: this is a bug in nexus') -%}
  {%- endif -%}
  {%- call statement('main') -%}
    {{ create_table_as(False, relation, nexus.nexus_components_from_labels(nodes, ns.labels)) }}
  {%- endcall -%}
  {%- set torn = nexus.nexus_count('(' ~ nexus.nexus_torn_stars(stars, ns.labels) ~ ') as torn') -%}
  {%- if torn -%}
    {%- do exceptions.raise_compiler_error('nexus identity: ' ~ torn ~ ' pairs of linked identifiers are in two components: this is a bug in nexus') -%}
  {%- endif -%}
  {%- set counts = run_query('select count(*), count(distinct component) from ' ~ relation).rows[0] -%}
  {%- do nexus.nexus_log_components('in ' ~ ns.round ~ ' rounds', counts[0] | int, counts[1] | int, started_at) -%}
  {%- for work in [nodes, stars, ns.labels] -%}
    {%- do adapter.drop_relation(work) -%}
  {%- endfor -%}
{%- endmacro %}


{#- One round: ns.edges become the edges between roots (none when there are none), ns.labels the root of every vertex that had an edge in
    any round. -#}
{% macro nexus_contract_once(ns) -%}
  {%- set started_at = modules.datetime.datetime.now() -%}
  {%- set pointers = nexus.nexus_pointers_to_roots(ns) -%}
  {%- if ns.labels is none -%}
    {%- set ns.labels = pointers -%}
  {%- else -%}
    {%- set labels = nexus.nexus_work_table('labels_' ~ ns.round, nexus.nexus_labels_after(ns.labels, pointers)) -%}
    {%- do adapter.drop_relation(ns.labels) -%}
    {%- set ns.labels = labels -%}
  {%- endif -%}
  {%- set between = nexus.nexus_work_table('edges_' ~ ns.round, nexus.nexus_edges_between_roots(ns.edges, pointers)) -%}
  {%- set vertices = nexus.nexus_count(pointers) -%}
  {%- set left = nexus.nexus_count(between) -%}
  {%- if ns.round > 1 -%}
    {%- do adapter.drop_relation(ns.edges) -%}
    {%- do adapter.drop_relation(pointers) -%}
  {%- endif -%}
  {%- set ns.edges = between if left else none -%}
  {%- if not left -%}
    {%- do adapter.drop_relation(between) -%}
  {%- endif -%}
  {%- set seconds = (modules.datetime.datetime.now() - started_at).total_seconds() -%}
  {%- do log('nexus identity: round {}: {:,} vertices, {:,} edges left, {:.2f}s'.format(ns.round, vertices, left, seconds), info=True) -%}
{%- endmacro %}


{#- Returns a work table vertex → root of this round. -#}
{% macro nexus_pointers_to_roots(ns) -%}
  {%- set found = namespace(table=nexus.nexus_work_table('pointers_' ~ ns.round ~ '_0', nexus.nexus_smallest_neighbours(ns.edges)), moved=true) -%}
  {%- for jump in range(1, 64) -%}
    {%- if found.moved -%}
      {%- set next = nexus.nexus_work_table('pointers_' ~ ns.round ~ '_' ~ jump, nexus.nexus_jump(found.table)) -%}
      {%- do adapter.drop_relation(found.table) -%}
      {%- set found.table = next -%}
      {%- set found.moved = nexus.nexus_count(next, 'moved = 1') > 0 -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(found.table) }}
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

{% macro nexus_work_relation(suffix) -%}
  {{ return(adapter.dispatch('nexus_work_relation', 'nexus')(suffix)) }}
{%- endmacro %}

{% macro default__nexus_work_relation(suffix) -%}
  {{ return(api.Relation.create(identifier='nexus_work_' ~ suffix, type='table')) }}
{%- endmacro %}

{#- A session of Snowflake may have no schema of its own, so the table is named in whole. -#}
{% macro snowflake__nexus_work_relation(suffix) -%}
  {{ return(this.incorporate(path={'identifier': this.identifier ~ '__' ~ suffix}, type='table')) }}
{%- endmacro %}

{#- Temporary tables of BigQuery stand in a dataset. -#}
{% macro bigquery__nexus_work_relation(suffix) -%}
  {{ return(this.incorporate(path={'identifier': this.identifier ~ '__' ~ suffix}, type='table')) }}
{%- endmacro %}

{#- Statements of Databricks share no session, so a work table stands in the model's schema. -#}
{% macro databricks__nexus_work_relation(suffix) -%}
  {{ return(this.incorporate(path={'identifier': this.identifier ~ '__' ~ suffix}, type='table')) }}
{%- endmacro %}


{#- Returns how many rows a relation has. where: a condition. -#}
{% macro nexus_count(relation, where='1 = 1') -%}
  {{ return(run_query('select count(*) as n from ' ~ relation ~ ' where ' ~ where).rows[0][0] | int) }}
{%- endmacro %}


{% macro nexus_numbered_identifiers(sql) -%}
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
from (
    select distinct entity_type, identifier_type, identifier_value
    from ({{ sql }}) as sightings
    where entity_type is not null and identifier_type is not null and identifier_value is not null
) as identifiers
{%- endmacro %}


{% macro nexus_stars(sql, nodes) -%}
with members as (
    select
        sightings.edge_id,
        nodes.entity_type,
        nodes.node
    from ({{ sql }}) as sightings
    inner join {{ nodes }} as nodes
        on sightings.entity_type = nodes.entity_type
        and sightings.identifier_type = nodes.identifier_type
        and sightings.identifier_value = nodes.identifier_value
    where sightings.edge_id is not null
),

centers as (
    select edge_id, entity_type, min(node) as center
    from members
    group by edge_id, entity_type
)

select distinct centers.center as node_a, members.node as node_b
from members
inner join centers
    on members.edge_id = centers.edge_id
    and members.entity_type = centers.entity_type
where members.node <> centers.center
{%- endmacro %}


{% macro nexus_smallest_neighbours(edges) -%}
select node, min(neighbour) as pointer, 1 as moved
from (
    select node_a as node, node_b as neighbour from {{ edges }}
    union all
    select node_b as node, node_a as neighbour from {{ edges }}
    union all
    select node_a as node, node_a as neighbour from {{ edges }}
    union all
    select node_b as node, node_b as neighbour from {{ edges }}
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


{% macro nexus_components_from_labels(nodes, labels) -%}
select
    nodes.entity_type,
    nodes.identifier_type,
    nodes.identifier_value,
    {{ nexus.nexus_component_of('smallest') }} as component
from {{ nodes }} as nodes
left join {{ labels }} as labels on nodes.node = labels.node
inner join {{ nodes }} as smallest on coalesce(labels.pointer, nodes.node) = smallest.node
{%- endmacro %}


{#- Renders the pairs of linked identifiers that are in two components: none, if all is well. -#}
{% macro nexus_torn_stars(stars, labels) -%}
select stars.node_a, stars.node_b
from {{ stars }} as stars
inner join {{ labels }} as a on stars.node_a = a.node
inner join {{ labels }} as b on stars.node_b = b.node
where a.pointer <> b.pointer
{%- endmacro %}
