{# A CSV file as a table. The table is emptied and filled again, or made anew on a full refresh, in one transaction. #}
{%- materialization seed, default -%}

  {%- set full_refresh = should_full_refresh() -%}
  {%- set existing = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set grants = config.get('grants') -%}
  {%- if existing is not none and existing.is_view -%}
    {%- do exceptions.raise_compiler_error(
        "The seed cannot be loaded into " ~ existing.render() ~ ": it is a view. Drop the view, or rename the seed.") -%}
  {%- endif -%}
  {%- set table = load_agate_table() -%}
  {%- do store_result('agate_table', response='OK', agate_table=table) -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- if existing is none -%}
    {%- set made = create_csv_table(model, table) -%}
  {%- else -%}
    {%- set made = reset_csv_table(model, full_refresh, existing, table) -%}
  {%- endif -%}
  {%- set count = table.row_count if table.row_count is defined else table.rows | length -%}
  {%- set loaded = load_csv_rows(model, table) if count > 0 else '' -%}
  {%- set word = 'CREATE' if full_refresh else 'INSERT' -%}
  {%- call noop_statement('main', word ~ ' ' ~ count, word, count) -%}
    {{ get_csv_sql(made, loaded) }};
  {%- endcall -%}

  {%- do apply_grants(target_relation, grants, should_revoke=should_revoke(existing, full_refresh)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- if full_refresh or existing is none or made.startswith('create table') -%}
    {%- do create_indexes(target_relation) -%}
  {%- endif -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do adapter.commit() -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}
