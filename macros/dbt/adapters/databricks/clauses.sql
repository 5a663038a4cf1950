{# The clauses of `create table`, each from a model's config of its name. #}

{% macro file_format_clause() -%}
  using {{ config.get('file_format') or 'delta' }}
{%- endmacro %}

{# Whether a table can be replaced by one statement, changed row by row, and given constraints. #}
{% macro _is_delta() -%}
  {{ return((config.get('file_format') or 'delta') == 'delta') }}
{%- endmacro %}

{% macro databricks__options_clause() -%}
  {%- set options = config.get('options') -%}
  {%- if options %}
  options (
    {%- for name, value in options.items() %}
    {{ name }} "{{ value }}"{{ '' if loop.last else ',' }}
    {%- endfor %}
  )
  {%- endif -%}
{%- endmacro %}

{% macro _as_list(value) -%}
  {{ return([value] if value is string else (value or []) | list) }}
{%- endmacro %}

{% macro partition_cols(label) -%}
  {%- set columns = _as_list(config.get('partition_by')) -%}
  {%- if columns %}
  {{ label }} ({{ columns | join(', ') }})
  {%- endif -%}
{%- endmacro %}

{% macro liquid_clustered_cols() -%}
  {%- set columns = _as_list(config.get('liquid_clustered_by')) -%}
  {%- if columns %}
  cluster by ({{ columns | join(', ') }})
  {%- elif config.get('auto_liquid_cluster') %}
  cluster by auto
  {%- endif -%}
{%- endmacro %}

{% macro clustered_cols(label) -%}
  {%- set columns = _as_list(config.get('clustered_by')) -%}
  {%- if columns and config.get('buckets') %}
  {{ label }} ({{ columns | join(', ') }}) into {{ config.get('buckets') }} buckets
  {%- endif -%}
{%- endmacro %}

{% macro location_clause(relation=none) -%}
  {%- set root = config.get('location_root') -%}
  {%- if root %}
  location '{{ root }}/{{ database ~ '/' ~ schema ~ '/' if config.get('include_full_name_in_path') }}{{ model['alias'] }}'
  {%- elif not _is_delta() and database != 'hive_metastore' -%}
    {%- do exceptions.raise_compiler_error(
        'In Unity Catalog a table that is not of the format delta needs `location_root`') -%}
  {%- endif -%}
{%- endmacro %}

{% macro comment_clause() -%}
  {%- if config.persist_relation_docs() and model.description %}
  comment '{{ _text(model.description) }}'
  {%- endif -%}
{%- endmacro %}

{% macro tblproperties_clause() -%}
  {{ return(adapter.dispatch('tblproperties_clause', 'dbt')()) }}
{%- endmacro %}

{% macro databricks__tblproperties_clause(tblproperties=none) -%}
  {%- set properties = tblproperties or config.get('tblproperties') -%}
  {%- if properties %}
  tblproperties (
    {%- for name, value in properties.items() %}
    '{{ _text(name) }}' = '{{ _text(value | string) }}'{{ '' if loop.last else ',' }}
    {%- endfor %}
  )
  {%- endif -%}
{%- endmacro %}

{# A text as it stands between single quotes. #}
{% macro _text(value) -%}
  {{ return(value | replace('\\', '\\\\') | replace("'", "\\'")) }}
{%- endmacro %}

{# What stands between the name and the query of a new table. #}
{% macro _table_clauses(relation) -%}
  {{ file_format_clause() }}
  {{- databricks__options_clause() }}
  {{- partition_cols('partitioned by') }}
  {{- liquid_clustered_cols() }}
  {{- clustered_cols('clustered by') }}
  {{- location_clause(relation) }}
  {{- comment_clause() }}
  {{- tblproperties_clause() }}
{%- endmacro %}

{# Files are brought into order after the rows changed, where the model says by what. #}
{% macro optimize(relation) -%}
  {{ return(adapter.dispatch('optimize', 'dbt')(relation)) }}
{%- endmacro %}

{% macro databricks__optimize(relation) -%}
  {%- set order = _as_list(config.get('zorder')) -%}
  {%- set clusters = config.get('liquid_clustered_by') or config.get('auto_liquid_cluster') -%}
  {%- set skipped = config.get('skip_optimize') or (var('databricks_skip_optimize', false) | string | lower) == 'true'
      or (var('DATABRICKS_SKIP_OPTIMIZE', false) | string | lower) == 'true' -%}
  {%- if (order or clusters) and _is_delta() and not skipped -%}
    {%- if order and clusters -%}
      {%- do exceptions.warn('`zorder` has no effect on a table with liquid clustering: it is left out') -%}
    {%- endif -%}
    {%- call statement('run_optimize_stmt') -%}
      optimize {{ relation.render() }}{{ ' zorder by (' ~ (order | join(', ')) ~ ')' if order and not clusters }}
    {%- endcall -%}
  {%- endif -%}
{%- endmacro %}

{# Tags of Unity Catalog: on the relation by `databricks_tags`, on columns by the same key of a column. #}
{% macro apply_tags(relation, set_tags=none) -%}
  {%- set kind = 'view' if relation.is_view else ('materialized view' if relation.is_materialized_view else 'table') -%}
  {%- set tags = set_tags or config.get('databricks_tags') -%}
  {%- if tags -%}
    {%- call statement('set_tags') -%}
      alter {{ kind }} {{ relation.render() }} set tags ({{ _tag_list(tags) }})
    {%- endcall -%}
  {%- endif -%}
  {%- for column in model.columns.values() if column.get('databricks_tags') -%}
    {%- call statement('set_column_tags') -%}
      alter table {{ relation.render() }} alter column {{ adapter.quote(column.name) }} set tags ({{ _tag_list(column['databricks_tags']) }})
    {%- endcall -%}
  {%- endfor -%}
{%- endmacro %}

{% macro _tag_list(tags) -%}
  {%- set parts = [] -%}
  {%- for name, value in tags.items() -%}
    {%- do parts.append("'" ~ _text(name) ~ "' = '" ~ _text(value | string) ~ "'") -%}
  {%- endfor -%}
  {{ return(parts | join(', ')) }}
{%- endmacro %}
