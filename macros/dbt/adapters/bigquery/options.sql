{# `OPTIONS(…)` of definitions. #}

{% macro bigquery_options(opts) -%}
  {%- set parts = [] -%}
  {%- for name, value in opts.items() -%}
    {%- do parts.append(name ~ '=' ~ value) -%}
  {%- endfor -%}
  {{ return('OPTIONS(' ~ (parts | join(', ')) ~ ')') }}
{%- endmacro -%}

{# A text between three quotes. #}
{% macro _quoted_option(text) -%}
  {{ return('"""' ~ (text | replace('\\', '\\\\') | replace('"', '\\"')) ~ '"""') }}
{%- endmacro %}

{# Pairs of texts, as labels and tags are written. #}
{% macro _option_pairs(pairs) -%}
  {%- set parts = [] -%}
  {%- for name, value in pairs.items() -%}
    {%- do parts.append("('" ~ (name | string | replace("'", "\\'")) ~ "', '" ~ (value | string | replace("'", "\\'")) ~ "')") -%}
  {%- endfor -%}
  {{ return('[' ~ (parts | join(', ')) ~ ']') }}
{%- endmacro %}

{# Options of tables and views alike. #}
{% macro bigquery__get_common_options(config, node, temporary=false) -%}
  {%- set options = {} -%}
  {%- if config.get('hours_to_expiration') is not none and not temporary -%}
    {%- do options.update({'expiration_timestamp':
        'TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL ' ~ config.get('hours_to_expiration') ~ ' hour)'}) -%}
  {%- endif -%}
  {%- if config.persist_relation_docs() and node.description is defined -%}
    {%- do options.update({'description': _quoted_option(node.description)}) -%}
  {%- endif -%}
  {%- set labels = {} -%}
  {%- if config.get('labels_from_meta') -%}
    {%- do labels.update(config.get('meta') or {}) -%}
  {%- endif -%}
  {%- do labels.update(config.get('labels') or {}) -%}
  {%- if labels -%}
    {%- do options.update({'labels': _option_pairs(labels)}) -%}
  {%- endif -%}
  {%- if config.get('resource_tags') -%}
    {%- do options.update({'tags': _option_pairs(config.get('resource_tags'))}) -%}
  {%- endif -%}
  {{ return(options) }}
{%- endmacro %}

{# A temporary table goes after half a day, should nobody drop it, and is read without a filter on partitions. #}
{% macro bigquery__get_table_options(config, node, temporary=false) -%}
  {%- set options = bigquery__get_common_options(config, node, temporary) -%}
  {%- if config.get('kms_key_name') is not none -%}
    {%- do options.update({'kms_key_name': "'" ~ config.get('kms_key_name') ~ "'"}) -%}
  {%- endif -%}
  {%- if temporary -%}
    {%- do options.update({'expiration_timestamp': 'TIMESTAMP_ADD(CURRENT_TIMESTAMP(), INTERVAL 12 hour)'}) -%}
    {{ return(options) }}
  {%- endif -%}
  {%- if config.get('require_partition_filter') is not none and config.get('partition_by') is not none -%}
    {%- do options.update({'require_partition_filter': config.get('require_partition_filter')}) -%}
  {%- endif -%}
  {%- for name in ['partition_expiration_days', 'enable_change_history'] if config.get(name) is not none -%}
    {%- do options.update({name: config.get(name)}) -%}
  {%- endfor -%}
  {{ return(options) }}
{%- endmacro %}

{% macro bigquery__get_view_options(config, node) -%}
  {%- if config.get('enable_change_history') -%}
    {%- do exceptions.raise_compiler_error("`enable_change_history` is for tables: a view of BigQuery has no history") -%}
  {%- endif -%}
  {{ return(bigquery__get_common_options(config, node)) }}
{%- endmacro %}

{% macro bigquery_table_options(config, node, temporary=false) -%}
  {{ return(bigquery_options(bigquery__get_table_options(config, node, temporary))) }}
{%- endmacro -%}

{% macro bigquery_view_options(config, node) -%}
  {{ return(bigquery_options(bigquery__get_view_options(config, node))) }}
{%- endmacro -%}
