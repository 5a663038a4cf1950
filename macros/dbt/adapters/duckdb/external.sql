{# Files as models: the query's rows are written to a file, and a view reads it. #}

{%- materialization external, adapter='duckdb' -%}

  {%- set location = render(config.get('location', default=external_location(this, config))) -%}
  {%- set options = render_write_options(config) -%}
  {%- set written = adapter.external_write_options(location, options) -%}
  {%- set readable = ['csv', 'parquet', 'json'] -%}
  {%- set format = config.get('format') or options['format'] | lower -%}
  {%- if config.get('format') and format not in readable -%}
    {%- do exceptions.raise_compiler_error("The format of an external model can be csv, parquet or json, not `" ~ format ~ "`") -%}
  {%- endif -%}
  {%- set format = format if format in readable else 'parquet' -%}

  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='view') -%}
  {%- set staged = make_intermediate_relation(this.incorporate(type='table')) -%}
  {%- set intermediate = make_intermediate_relation(target_relation, suffix='__dbt_int') -%}

  {%- do _drop_leftovers(target_relation) -%}
  {%- do drop_relation_if_exists(load_cached_relation(intermediate)) -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- call statement('create_table') -%}
    {{ create_table_as(False, staged, compiled_code) }}
  {%- endcall -%}
  {#- A file without rows has no types; one row of nulls keeps its columns, and the view leaves it out. -#}
  {%- set columns = adapter.get_columns_in_relation(staged) -%}
  {%- set empty = run_query('select count(*) from ' ~ staged).rows[0][0] == 0 -%}
  {%- if empty -%}
    {%- call statement('fill') -%}
      insert into {{ staged }} values ({{ (['null'] * (columns | length)) | join(', ') }})
    {%- endcall -%}
  {%- endif -%}
  {%- do write_to_file(staged, location, written) -%}

  {%- set reader = {'parquet': 'read_parquet', 'json': 'read_json', 'csv': 'read_csv'}[format] -%}
  {%- set given = config.get(format ~ '_read_options',
      {'union_by_name': False} if format == 'parquet' else {'auto_detect': True}) -%}
  {%- set arguments = ["'" ~ adapter.external_read_location(location, options) ~ "'"] -%}
  {%- for key, value in given.items() -%}
    {%- do arguments.append(key ~ '=' ~ ("'" ~ value ~ "'" if (value is string) else value)) -%}
  {%- endfor -%}
  {%- if format != 'parquet' and options.get('compression') and 'compression' not in given -%}
    {%- do arguments.append("compression='" ~ options['compression'] ~ "'") -%}
  {%- endif -%}
  {%- call statement('main') -%}
    create or replace view {{ intermediate }} as (
      select * from {{ reader }}({{ arguments | join(', ') }})
      {%- if empty %}
      where true
      {%- for column in columns %} and {{ adapter.quote(column.name) }} is not null{% endfor %}
      {%- endif %}
    );
  {%- endcall -%}
  {%- do _swap_into_place(existing, intermediate, target_relation, none) -%}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do adapter.commit() -%}

  {%- do drop_relation_if_exists(staged) -%}
  {%- set plugin = 'glue|' ~ config.get('glue_database', 'default') if config.get('glue_register') else config.get('plugin') -%}
  {%- if plugin is not none -%}
    {%- do store_relation(plugin, target_relation, location, format, config) -%}
  {%- endif -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}

{# Where an external model's file stands unless the model says it: a folder where it is partitioned. #}
{%- macro external_location(relation, config) -%}
  {%- set ending = '.' ~ config.get('format', 'parquet') if config.get('options', {}).get('partition_by') is none else '' -%}
  {{- adapter.external_root() }}/{{ relation.identifier }}{{ ending -}}
{%- endmacro -%}

{% macro location_exists(location) -%}
  {{ return(adapter.location_exists(location)) }}
{%- endmacro %}

{% macro write_to_file(relation, location, options) -%}
  {%- call statement('write_to_file') -%}
    copy {{ relation }} to '{{ location }}' ({{ options }})
  {%- endcall -%}
{%- endmacro %}

{# Tells a plugin of the file and its columns. nexus runs no plugins in Python, so `adapter.store_relation` refuses; a project
   may tell its catalog by other ways here. #}
{% macro store_relation(plugin, relation, location, format, config) -%}
  {%- do adapter.store_relation(plugin, relation, adapter.get_columns_in_relation(relation), location, format, config) -%}
{%- endmacro %}

{# The write options with their Jinja rendered; format and delimiter may also stand beside them. #}
{% macro render_write_options(config) -%}
  {%- set given = config.get('options', {}) -%}
  {%- if given is not mapping -%}
    {%- do exceptions.raise_compiler_error("`options` of an external model must be a dictionary") -%}
  {%- endif -%}
  {%- set options = {} -%}
  {%- for key, value in given.items() -%}
    {%- do options.update({key: render(value)}) -%}
  {%- endfor -%}
  {%- for key in ['format', 'delimiter'] if config.get(key) -%}
    {%- do options.update({key: render(config.get(key))}) -%}
  {%- endfor -%}
  {{ return(options) }}
{%- endmacro %}

{# For `on-run-start`: views for the external models that the run reads but does not build, so that a new database
   finds their files. #}
{%- macro register_upstream_external_models() -%}
{%- if execute -%}
  {%- set seen = [] -%}
  {%- for id in selected_resources if id in graph['nodes'] -%}
    {%- for upstream_id in graph['nodes'][id]['depends_on']['nodes'] if upstream_id not in seen and upstream_id not in selected_resources -%}
      {%- do seen.append(upstream_id) -%}
      {%- set node = graph['nodes'].get(upstream_id) -%}
      {%- if node and node.config.materialized == 'external' -%}
        {%- set relation = api.Relation.create(database=node['database'], schema=node['schema'], identifier=node['alias']) -%}
        {%- set location = node.config.get('location') or external_location(relation, node.config) -%}
        {%- set source = adapter.external_read_location(location, render_write_options(node.config)) -%}
        {%- call statement('main') -%}
          create schema if not exists {{ relation.without_identifier() }};
          create or replace view {{ relation }} as (select * from '{{ source }}');
        {%- endcall -%}
      {%- endif -%}
    {%- endfor -%}
  {%- endfor -%}
  {%- do adapter.commit() -%}
{%- endif -%}
{%- endmacro -%}

{# A model as a table macro: its `parameters` are the macro's. #}
{%- materialization table_function, adapter='duckdb' -%}

  {%- set target_relation = this.incorporate(type='view') -%}
  {%- set parameters = config.get('parameters') or '' -%}
  {%- set parameters = parameters if (parameters is string) else parameters | join(', ') -%}

  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {%- call statement('main') -%}
    create or replace function {{ target_relation.render() }}({{ parameters }}) as table (
      {{ sql }}
    );
  {%- endcall -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do persist_docs(target_relation, model) -%}
  {%- do adapter.commit() -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}
