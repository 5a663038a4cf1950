{# Rebuilding tables that foreign keys join. DuckDB neither drops nor renames a table while a foreign key refers to it,
   takes no foreign key off a table, and remembers a foreign key by the name that its table was made with. So a table
   with foreign keys is made under its own name, and the tables that refer to a table are set aside while it is
   replaced: their rows stay, their keys come back when this run rebuilds them. A table that the run would not rebuild
   whole is never touched: that is an error. #}

{# What keys mean for the building of this model: whether it has foreign keys, and whether others may refer to it.
   Models that foreign keys join are built one after another, since each changes the tables of the others. #}
{% macro _key_roles(existing) -%}
  {%- set refers = has_foreign_key_constraints(existing) -%}
  {%- set may_be_referred_to = existing is not none and existing.is_table and may_be_foreign_key_target(existing) -%}
  {%- if refers or may_be_referred_to -%}
    {%- do adapter.take_foreign_key_turn() -%}
  {%- endif -%}
  {%- set is_referred_to = may_be_referred_to and (_tables_referring_to(existing).rows | length > 0) -%}
  {%- if not refers and not is_referred_to -%}
    {%- do adapter.give_foreign_key_turn_back() -%}
  {%- endif -%}
  {{ return({'refers': refers, 'is_referred_to': is_referred_to}) }}
{%- endmacro %}

{# Whether the model's table has foreign keys, or is to have them: such a table is made under its own name. #}
{% macro has_foreign_key_constraints(relation=none) -%}
  {{ return('foreign_key' in _key_kinds(relation)) }}
{%- endmacro %}

{# Whether a foreign key may refer to the model's table: it needs a key of its own for that, or had one until today. #}
{% macro may_be_foreign_key_target(relation=none) -%}
  {%- set kinds = _key_kinds(relation) -%}
  {{ return('primary_key' in kinds or 'unique' in kinds) }}
{%- endmacro %}

{% macro _key_kinds(relation) -%}
  {{ return(
    enforced_constraint_types() + existing_constraint_types(relation)
    if adapter.catalog_supports_foreign_keys(this.database) else []
  ) }}
{%- endmacro %}

{# The kinds of constraints that the model's enforced contract declares. #}
{% macro enforced_constraint_types() -%}
  {%- set kinds = [] -%}
  {%- if (config.get('contract') or {}).enforced -%}
    {%- for constraint in model.get('constraints') or [] -%}
      {%- do kinds.append(constraint['type']) -%}
    {%- endfor -%}
    {%- for column in (model.get('columns') or {}).values() -%}
      {%- for constraint in column.get('constraints') or [] -%}
        {%- do kinds.append(constraint['type']) -%}
      {%- endfor -%}
    {%- endfor -%}
  {%- endif -%}
  {{ return(kinds) }}
{%- endmacro %}

{# The kinds of keys that a table has in the database. #}
{% macro existing_constraint_types(relation) -%}
  {{ return(adapter.existing_key_constraint_types(relation) if relation is not none and relation.is_table else []) }}
{%- endmacro %}

{# The tables that refer to a table, directly or by way of others: name, and a table that it refers to; those that
   nothing refers to come first. Foreign keys stay within a schema. #}
{% macro _tables_referring_to(relation) -%}
  {%- call statement('tables_referring', fetch_result=True, auto_begin=False) -%}
    with recursive edges as (
      select table_name as child, referenced_table as parent
      from duckdb_constraints()
      where constraint_type = 'FOREIGN KEY'
        and lower(database_name) = lower('{{ adapter.escape_sql_string(relation.database) }}')
        and lower(schema_name) = lower('{{ adapter.escape_sql_string(relation.schema) }}')
        and lower(table_name) <> lower(referenced_table)
    ),

    reached as (
      select child, 1 as distance
      from edges
      where lower(parent) = lower('{{ adapter.escape_sql_string(relation.identifier) }}')
      union
      select edges.child, reached.distance + 1
      from reached
      join edges on lower(edges.parent) = lower(reached.child)
    )

    select child, parent, max(distance) as farthest
    from reached
    join edges using (child)
    group by child, parent
    order by max(max(distance)) over (partition by child) desc, child, parent
  {%- endcall -%}
  {{ return(load_result('tables_referring').table) }}
{%- endmacro %}

{# Drops the table of a model that is made anew under the same name, in the open transaction. Returns what was set
   aside for it. #}
{% macro drop_relation_for_rebuild(relation) -%}
  {%- do adapter.ensure_transaction() -%}
  {%- set aside = drop_foreign_key_dependents(relation) if relation.is_table and may_be_foreign_key_target(relation) else [] -%}
  {%- do adapter.drop_relation(relation) -%}
  {{ return(aside) }}
{%- endmacro %}

{# Puts a table without keys in the place of each table that refers to the relation. Returns them as dictionaries:
   `relation`, and `backup` with its rows. #}
{% macro drop_foreign_key_dependents(relation) -%}
  {%- set referring = {} -%}
  {%- for row in _tables_referring_to(relation) -%}
    {%- do referring.setdefault(row[0], []).append(row[1] | lower) -%}
  {%- endfor -%}
  {%- do _assert_rebuilt_later(relation, referring) -%}
  {%- set aside = [] -%}
  {%- for name in referring -%}
    {%- set table = api.Relation.create(
        database=relation.database, schema=relation.schema, identifier=name, type='table') -%}
    {%- set kept = table.incorporate(path={'identifier': name ~ '__dbt_fk_backup'}, type='table') -%}
    {%- do adapter.drop_relation(kept) -%}
    {%- call statement('set_aside_' ~ loop.index) -%}
      create table {{ kept }} as select * from {{ table }}
    {%- endcall -%}
    {%- do log('Setting ' ~ table ~ ' aside: its foreign key refers to ' ~ relation ~ '. Its own model rebuilds it.') -%}
    {%- do adapter.drop_relation(table) -%}
    {%- do aside.append({'relation': table, 'backup': kept}) -%}
  {%- endfor -%}
  {{ return(aside) }}
{%- endmacro %}

{# Gives the tables that were set aside their names back. #}
{% macro restore_foreign_key_dependents(dropped) -%}
  {%- for item in dropped | reverse -%}
    {%- do adapter.rename_relation(item['backup'], item['relation']) -%}
  {%- endfor -%}
{%- endmacro %}

{# Raises an error unless this run rebuilds each of the tables whole, after this model. #}
{% macro _assert_rebuilt_later(relation, referring) -%}
  {%- set names = referring.keys() | map('lower') | list -%}
  {%- set builders = {relation.identifier | lower: model.unique_id} -%}
  {%- set nodes = {} -%}
  {%- for node in graph.nodes.values() if node.resource_type == 'model'
      and (node.database or '') | lower == (relation.database or '') | lower
      and node.schema | lower == relation.schema | lower
      and (node.alias or node.name) | lower in names -%}
    {%- do builders.update({(node.alias or node.name) | lower: node.unique_id}) -%}
    {%- do nodes.update({(node.alias or node.name) | lower: node}) -%}
  {%- endfor -%}
  {%- set problems = [] -%}
  {%- for name, parents in referring.items() -%}
    {%- set node = nodes.get(name | lower) -%}
    {%- set why = none -%}
    {%- if node is none -%}
      {%- set why = 'not built by a model of this project' -%}
    {%- elif node.unique_id not in selected_resources -%}
      {%- set why = 'model ' ~ node.name ~ ' is not selected in this run' -%}
    {%- else -%}
      {%- set known = [] -%}
      {%- for parent in parents if builders.get(parent) in node.depends_on.nodes -%}
        {%- do known.append(parent) -%}
      {%- endfor -%}
      {%- set whole = node.config.full_refresh if node.config.full_refresh is not none else flags.FULL_REFRESH -%}
      {%- if not known -%}
        {%- set why = 'model ' ~ node.name ~ ' does not ref() the table its foreign key points at, so it may be built'
            ~ " before it: write `to: ref('…')` in the constraint" -%}
      {%- elif node.config.materialized != 'table' and not (node.config.materialized == 'incremental' and whole) -%}
        {%- set why = 'model ' ~ node.name ~ ' is materialized as ' ~ node.config.materialized
            ~ ' and would lose its data: run with --full-refresh' -%}
      {%- endif -%}
    {%- endif -%}
    {%- if why -%}
      {%- do problems.append(name ~ ' (' ~ why ~ ')') -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if problems -%}
    {%- do exceptions.raise_compiler_error(
        relation.render() ~ ' cannot be rebuilt, because foreign keys refer to it and this run does not rebuild the tables'
        ~ ' that have them: ' ~ (problems | join('; '))) -%}
  {%- endif -%}
{%- endmacro %}
