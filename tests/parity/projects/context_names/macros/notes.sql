{#- What a place of dbt sees, as rows of the table `seen`. -#}
{% macro note(place, what, value) -%}
insert into {{ target.schema }}.seen values ('{{ place }}', '{{ what }}', '{{ value | string | replace("'", "''") }}')
{%- endmacro %}

{% macro known_names() %}
  {{ return([
    'adapter', 'adapter_macro', 'api', 'builtins', 'column', 'compiled_code', 'config', 'context', 'context_macro_stack', 'database',
    'dbt', 'dbt_metadata_envs', 'dbt_version', 'defer_relation', 'diff_of_two_dicts', 'env', 'env_var', 'exceptions', 'execute',
    'fromjson', 'fromyaml', 'function', 'graph', 'invocation_args_dict', 'invocation_id', 'load_result', 'local_md5', 'log',
    'metric', 'model', 'modules', 'post_hooks', 'pre_hooks', 'print', 'project_name', 'ref', 'render', 'return', 'run_started_at', 'schema',
    'selected_resources', 'set', 'set_strict', 'source', 'sql', 'sql_now', 'store_raw_result', 'store_result', 
    'target', 'this', 'thread_id', 'tojson', 'toyaml', 'try_or_compiler_error', 'validation', 'var', 'write', 'zip', 'zip_strict',
    'caller', 'varargs', 'kwargs', 'loop', 'is_incremental', 'run_query', 'range', 'dict', 'cycler', 'joiner', 'namespace',
  ]) }}
{% endmacro %}

{% macro shape(value) -%}
  {%- if value is not defined -%}undefined
  {%- elif value is none -%}none
  {%- elif value is boolean -%}boolean
  {%- elif value is string -%}string
  {%- elif value is number -%}number
  {%- elif value is mapping -%}mapping
  {%- elif value is callable -%}callable
  {%- elif value is sequence -%}sequence
  {%- elif value is iterable -%}iterable
  {%- else -%}object
  {%- endif -%}
{%- endmacro %}

{% macro context_shapes() %}
  {% set out = [] %}
  {% for name in known_names() %}
    {% do out.append(name ~ '=' ~ shape(context[name]) ~ ('*' if name in context else '')) %}
  {% endfor %}
  {{ return(out | join(' ')) }}
{% endmacro %}

{% macro note_context(place) -%}
{{ note(place, 'shapes', context_shapes()) }}
{%- endmacro %}

{% macro note_results(results, schemas, database_schemas) -%}
{%- set lines = [] -%}
{%- for r in results -%}
  {%- do lines.append([r.node.unique_id, r.status, r.message, r.failures, r.node.config.materialized, r.node.relation_name is string, r.timing | map(attribute='name') | list, r.thread_id is string, r.execution_time is number, r.adapter_response]) -%}
{%- endfor -%}
insert into {{ target.schema }}.seen values ('on-run-end', 'schemas', '{{ schemas | join(",") }} {{ database_schemas | length }}'),
('on-run-end', 'results', $${{ lines | map('join', ' ') | sort | join('; ') }}$$)
{%- endmacro %}

{% macro show_operation(x, y=2) %}
  {{ print('shapes ' ~ context_shapes()) }}
  {{ print([x, y, execute, model is defined, target.name, run_query('select 1 as a').columns[0].values()]) }}
{% endmacro %}
