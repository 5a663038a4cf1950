{# The built-in materialization with looks at the table on the way; `looked_at` is loaded from it by inserts. #}
{% materialization seed, adapter='duckdb' %}
  {%- set old_relation = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
  {%- set table = load_agate_table() -%}
  {%- do store_result('agate_table', response='OK', agate_table=table) -%}
  {%- if model.name == 'renamed' -%}
    {%- set table = table.rename(slug_columns=true).where(is_kept) -%}
  {%- endif -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {%- if old_relation is none -%}
    {%- set made = create_csv_table(model, table) -%}
  {%- else -%}
    {%- set made = reset_csv_table(model, should_full_refresh(), old_relation, table) -%}
  {%- endif -%}
  {%- set count = table.rows | length -%}
  {%- set loaded = '' -%}
  {%- if count > 0 -%}
    {%- set loaded = default__load_csv_rows(model, table) if model.name != 'slow' else load_csv_rows(model, table) -%}
  {%- endif -%}
  {%- call noop_statement('main', 'SEEN ' ~ count, 'SEEN', count) -%}
    {{ get_csv_sql(made, loaded) }}
  {%- endcall -%}
  {%- set facts = [] -%}
  {%- for column in table.columns -%}
    {%- do facts.append(column.name ~ ' ' ~ adapter.convert_type(table, loop.index0) ~ ' ' ~ (column.values() | list)) -%}
  {%- endfor -%}
  {%- do run_query("create table if not exists " ~ schema ~ ".seen (name varchar, facts varchar)") -%}
  {%- do run_query("insert into " ~ schema ~ ".seen values ('" ~ model.name ~ "', '" ~ (facts | join('; ') | replace("'", "''")) ~ "')") -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ return({'relations': [this.incorporate(type='table')]}) }}
{% endmaterialization %}

{% macro is_kept(row) %}{{ return(row['b'] is not none) }}{% endmacro %}
