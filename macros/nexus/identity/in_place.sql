{#- A table that takes in the batches of nexus_identity_changes that it does not have yet: rows of changed identifiers go, and what the model's statement
    gives comes. Made anew, beside and swapped in, where nexus_pending says `all`. nexus_identity_components has sightings as its
    statement, of which components are made first. Its rows say in `change_batch` how far it is, so a build that failed or left a table out loses nothing.
    The same on every database. -#}
{%- materialization nexus_in_place, default -%}

  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set pending = nexus.nexus_pending_here() -%}
  {%- set of_components = model.name == 'nexus_identity_components' -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {%- set intermediate = make_intermediate_relation(target_relation) -%}
  {%- set backup = make_backup_relation(target_relation, 'table' if existing is none else existing.type) -%}
  {%- do drop_relation_if_exists(load_cached_relation(intermediate)) -%}
  {%- do drop_relation_if_exists(load_cached_relation(backup)) -%}

  {%- if pending['mode'] == 'all' -%}
    {%- if of_components -%}
      {%- do nexus.nexus_make_components(intermediate, sql) -%}
      {%- do nexus.nexus_stamp(intermediate, pending['batch']) -%}
    {%- else -%}
      {%- call statement('main') -%}{{ create_table_as(False, intermediate, sql) }}{%- endcall -%}
    {%- endif -%}
    {%- if existing is not none -%}
      {%- do adapter.rename_relation(existing, backup) -%}
    {%- endif -%}
    {%- do adapter.rename_relation(intermediate, target_relation) -%}
  {%- else -%}
    {%- set state = namespace(work=intermediate) -%}
    {%- if pending['mode'] == 'none' -%}
      {%- set state.work = none -%}
      {%- call noop_statement('main', 'OK', rows_affected=0) -%}{{ sql }}{%- endcall -%}
    {%- elif of_components -%}
      {%- do nexus.nexus_make_components(intermediate, sql) -%}
    {%- else -%}
      {%- set state.work = nexus.nexus_work_relation(model.name) -%}
      {%- call statement('main') -%}{{ create_table_as(True, state.work, sql) }}{%- endcall -%}
    {%- endif -%}
    {%- if state.work is not none -%}
      {%- do nexus.nexus_take_in(target_relation, state.work, pending) -%}
      {%- do adapter.drop_relation(state.work) -%}
    {%- endif -%}
  {%- endif -%}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do persist_docs(target_relation, model) -%}
  {%- do adapter.commit() -%}
  {%- do drop_relation_if_exists(backup) -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}


{#- Puts the rows of `work` in the place of those of the same and of changed identifiers. -#}
{% macro nexus_take_in(relation, work, pending) -%}
  {%- set changed = (ref('nexus_identity_changes') | string, 'batch > ' ~ pending['applied']) -%}
  {%- if model.name == 'nexus_identity_edges' -%}
    {%- set leaving = [(changed, '_a'), (changed, '_b')] -%}
  {%- else -%}
    {%- set leaving = [(changed, ''), ((work | string, '1 = 1'), '')] -%}
  {%- endif -%}
  {%- do adapter.dispatch('nexus_delete_identifiers', 'nexus')(relation, leaving) -%}
  {%- set columns = [] -%}
  {%- for column in adapter.get_columns_in_relation(relation) if column.name | lower != 'change_batch' -%}
    {%- do columns.append(adapter.quote(column.name)) -%}
  {%- endfor -%}
  {%- call statement('nexus_coming') -%}
    insert into {{ relation }} ({{ columns | join(', ') }}, change_batch)
    select {{ columns | join(', ') }}, cast({{ pending['batch'] }} as {{ dbt.type_bigint() }}) as change_batch
    from {{ work }}
  {%- endcall -%}
{%- endmacro %}


{#- Gives the rows of a table their `change_batch`. By database: whether a column can be added with a value. -#}
{% macro nexus_stamp(relation, batch) -%}
  {{ return(adapter.dispatch('nexus_stamp', 'nexus')(relation, batch)) }}
{%- endmacro %}

{% macro default__nexus_stamp(relation, batch) -%}
  {%- call statement('nexus_stamp_column') -%}
    alter table {{ relation }} add column change_batch {{ dbt.type_bigint() }}
  {%- endcall -%}
  {%- call statement('nexus_stamp_rows') -%}
    update {{ relation }} set change_batch = {{ batch }} where 1 = 1
  {%- endcall -%}
{%- endmacro %}

{% macro duckdb__nexus_stamp(relation, batch) -%}
  {%- call statement('nexus_stamp_column') -%}
    alter table {{ relation }} add column change_batch {{ dbt.type_bigint() }} default {{ batch }}
  {%- endcall -%}
{%- endmacro %}


{#- Deletes the rows of identifiers. leaving: list of ((relation, condition), end); end is `_a` or `_b` of an edge. By database: DuckDB does all at once, and without `exists`, for which it first groups all rows of the table that loses some. -#}
{% macro default__nexus_delete_identifiers(relation, leaving) -%}
  {%- for (identifiers, condition), end in leaving -%}
    {%- call statement('nexus_leaving_' ~ loop.index) -%}
      delete from {{ relation }} as here
      where exists (
          select 1
          from (
              select {{ nexus.nexus_identifier_columns() }}
              from {{ identifiers }}
              where {{ condition }}
          ) as identifiers
          where {{ nexus.nexus_same_identifier('here', 'identifiers', end) | indent(10) }}
      )
    {%- endcall -%}
  {%- endfor -%}
{%- endmacro %}

{% macro duckdb__nexus_delete_identifiers(relation, leaving) -%}
  {%- call statement('nexus_leaving') -%}
    delete from {{ relation }}
    where
    {%- for (identifiers, condition), end in leaving %}
        {% if not loop.first %}or {% endif %}(entity_type, identifier_type{{ end }}, identifier_value{{ end }}) in (
            select {{ nexus.nexus_identifier_columns() }}
            from {{ identifiers }}
            where {{ condition }}
        )
    {%- endfor %}
  {%- endcall -%}
{%- endmacro %}
