{#- Returns how nexus_identity_components is built: `table` for one recursive statement, `nexus_in_place` where ids are kept, `nexus_components` for everything else.
    The same on every database. -#}
{% macro nexus_components_materialization() -%}
  {%- if nexus.nexus_config('identity')['incremental'] -%}
    {{ return('nexus_in_place') }}
  {%- endif -%}
  {{ return('table' if nexus.nexus_config('identity')['strategy'] == 'recursive_cte' else 'nexus_components') }}
{%- endmacro %}


{#- Renders nexus_identity_components. With the strategy `recursive_cte` it is one statement; else it gives the sightings that the
    materialization nexus_components makes components of: edge_id, entity_type, identifier_type, identifier_value, nothing that joins
    nothing among them. The same on every database. -#}
{% macro nexus_identity_components() -%}
  {%- set pending = {'mode': 'all'} -%}
  {%- if nexus.nexus_config('identity')['incremental'] -%}
    {%- set pending = nexus.nexus_pending_here() -%}
    {%- set sources = [ref('nexus_identity_nodes'), ref('nexus_identity_edges')] -%}
  {%- endif -%}
  {%- if pending['mode'] != 'all' -%}
{{ nexus.nexus_sightings_of_changed_components(load_cached_relation(this), pending['applied']) }}
  {%- elif nexus.nexus_components_materialization() == 'table' -%}
{{ nexus.nexus_labels_of_nodes('numbered_nodes', 'numbered_edges', nexus.nexus_numbered_graph(ref('nexus_identity_nodes'), ref('nexus_identity_edges'))) }}

select
    nodes.entity_type,
    nodes.identifier_type,
    nodes.identifier_value,
    {{ nexus.nexus_component_of('smallest') }} as component
from numbered_nodes as nodes
inner join smallest_nodes on nodes.node = smallest_nodes.node
inner join numbered_nodes as smallest on smallest_nodes.label = smallest.node
  {%- else -%}
select
    edge_id,
    entity_type,
    identifier_type,
    identifier_value
from (
    {{ nexus.nexus_joining_sightings() | indent(4) }}
) as joining
  {%- endif %}
{%- endmacro %}


{#- Renders the CTEs numbered_nodes and numbered_edges: identifiers numbered in the byte order of (type, value), so that the smallest node of a
    component is its smallest identifier, and the pairs of them. The same on every database. -#}
{% macro nexus_numbered_graph(nodes, edges) -%}
numbered_nodes as (
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
    from {{ nodes }}
),

numbered_edges as (
    select a.node as node_a, b.node as node_b
    from {{ edges }} as edges
    inner join numbered_nodes as a
        on edges.entity_type = a.entity_type
        and edges.identifier_type_a = a.identifier_type
        and edges.identifier_value_a = a.identifier_value
    inner join numbered_nodes as b
        on edges.entity_type = b.entity_type
        and edges.identifier_type_b = b.identifier_type
        and edges.identifier_value_b = b.identifier_value
),

{% endmacro %}


{#- Renders the name of a component: the md5 of `entity_type|identifier_type|identifier_value` of its smallest identifier.
    smallest: alias of a relation with that identifier. The same on every database. -#}
{% macro nexus_component_of(smallest) -%}
  {{ nexus.nexus_md5(smallest ~ ".entity_type || '|' || " ~ smallest ~ ".identifier_type || '|' || " ~ smallest ~ ".identifier_value") }}
{%- endmacro %}


{#- Builds the model's table beside what is there and swaps it in, as every table. make: the macro that makes and fills a relation from the model's
    statement. The same on every database. -#}
{% macro nexus_table_made_by(make) -%}

  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set intermediate = make_intermediate_relation(target_relation) -%}
  {%- set backup = make_backup_relation(target_relation, 'table' if existing is none else existing.type) -%}

  {%- do drop_relation_if_exists(load_cached_relation(intermediate)) -%}
  {%- do drop_relation_if_exists(load_cached_relation(backup)) -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- do make(intermediate, sql) -%}

  {%- if existing is not none -%}
    {%- do adapter.rename_relation(existing, backup) -%}
  {%- endif -%}
  {%- do adapter.rename_relation(intermediate, target_relation) -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do persist_docs(target_relation, model) -%}
  {%- do adapter.commit() -%}

  {%- do drop_relation_if_exists(backup) -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}

  {{ return({'relations': [target_relation]}) }}

{%- endmacro %}


{#- A table of components from the sightings that the model's statement gives. Where the database runs inside this process the partition is
    made in memory; else, and with the strategy `contraction`, by rounds of ordinary statements, each logged. Exact either way, at any diameter. -#}
{%- materialization nexus_components, default -%}
  {{ return(nexus.nexus_table_made_by(nexus.nexus_make_components)) }}
{%- endmaterialization -%}


{#- Makes and fills a table of components. relation: the table, not there yet. sql: the sightings. -#}
{% macro nexus_make_components(relation, sql) -%}
  {%- set in_memory = nexus.nexus_components_in_memory(relation, sql) if nexus.nexus_config('identity')['strategy'] == 'auto' else false -%}
  {%- if not in_memory -%}
    {%- do nexus.nexus_components_by_contraction(relation, sql) -%}
  {%- endif -%}
{%- endmacro %}


{#- Renders the sightings that components are made of again: each edge of a component that had or has a changed identifier is an occurrence.
    components: nexus_identity_components as it stands. applied: the last batch it has. -#}
{% macro nexus_sightings_of_changed_components(components, applied) -%}
with changed as (
    {{ nexus.nexus_changed_since(applied) | indent(4) }}
),

changed_components as (
    select distinct components.component
    from {{ components }} as components
    inner join changed
        on {{ nexus.nexus_same_identifier('components', 'changed') | indent(4) }}
),

members as (
    select {{ nexus.nexus_identifier_columns('components') }}
    from {{ components }} as components
    inner join changed_components on components.component = changed_components.component

    union all

    select {{ nexus.nexus_identifier_columns() }}
    from changed
),

present as (
    select distinct {{ nexus.nexus_identifier_columns('nodes') }}
    from {{ ref('nexus_identity_nodes') }} as nodes
    inner join members
        on {{ nexus.nexus_same_identifier('nodes', 'members') | indent(4) }}
),

linked as (
    select
        edges.identity_edge_id,
        edges.entity_type,
        edges.identifier_type_a,
        edges.identifier_value_a,
        edges.identifier_type_b,
        edges.identifier_value_b
    from {{ ref('nexus_identity_edges') }} as edges
    inner join present
        on {{ nexus.nexus_same_identifier('edges', 'present', '_a') | indent(4) }}
)

select cast(null as {{ dbt.type_string() }}) as edge_id, {{ nexus.nexus_identifier_columns() }}
from present
{%- for end in ['_a', '_b'] %}

union all

select identity_edge_id as edge_id, {{ nexus.nexus_identifier_columns('linked', end) }}
from linked
{%- endfor %}
{%- endmacro %}


{#- Makes and fills a table of components in memory, and returns whether that was possible. relation: the table, not
    there yet. sql: the sightings. The adapter of dbt-core has no such method. -#}
{% macro nexus_components_in_memory(relation, sql) -%}
  {%- set started_at = modules.datetime.datetime.now() -%}
  {%- set columns = ['entity_type', 'identifier_type', 'identifier_value', 'component'] -%}
  {%- set found = adapter.connected_components(sql, relation, columns) if adapter.connected_components is defined else none -%}
  {%- if found is none -%}
    {{ return(false) }}
  {%- endif -%}
  {%- call noop_statement('main', 'OK') -%}{{ sql }}{%- endcall -%}
  {%- do nexus.nexus_log_components('in memory', found['members'], found['components'], started_at) -%}
  {{ return(true) }}
{%- endmacro %}


{#- Says in the log how resolution went. how: the way taken. started_at: local time. -#}
{% macro nexus_log_components(how, identifiers, entities, started_at) -%}
  {%- set seconds = (modules.datetime.datetime.now() - started_at).total_seconds() -%}
  {%- do log('nexus identity: {:,} identifiers are {:,} entities, resolved {} in {:.2f}s'.format(identifiers, entities, how, seconds), info=True) -%}
{%- endmacro %}
