{# Dynamic tables: Snowflake keeps their rows fresh itself. #}

{# What the model says of the table, checked, in the words of the statement. #}
{% macro _dynamic_table() -%}
  {%- do _refuse_other_formats() -%}
  {%- set lag = config.get('target_lag') -%}
  {%- set scheduler = (config.get('scheduler') or ('ENABLE' if lag else 'DISABLE')) | upper -%}
  {%- if scheduler not in ['ENABLE', 'DISABLE'] -%}
    {%- do exceptions.raise_compiler_error('`scheduler` of a dynamic table is ENABLE or DISABLE, not ' ~ scheduler) -%}
  {%- elif scheduler == 'ENABLE' and not lag -%}
    {%- do exceptions.raise_compiler_error("A dynamic table with `scheduler: ENABLE` needs a `target_lag`, for example '1 hour'") -%}
  {%- elif scheduler == 'DISABLE' and lag -%}
    {%- do exceptions.raise_compiler_error('A dynamic table with `scheduler: DISABLE` has no `target_lag`') -%}
  {%- endif -%}
  {%- set warehouse = config.get('refresh_warehouse') or config.get('snowflake_warehouse') -%}
  {%- if not warehouse -%}
    {%- do exceptions.raise_compiler_error('A dynamic table needs `snowflake_warehouse`: the warehouse that refreshes it') -%}
  {%- endif -%}
  {%- set mode, first = (config.get('refresh_mode') or 'AUTO') | upper, (config.get('initialize') or 'ON_CREATE') | upper -%}
  {%- if mode not in ['AUTO', 'FULL', 'INCREMENTAL'] -%}
    {%- do exceptions.raise_compiler_error('`refresh_mode` is AUTO, FULL or INCREMENTAL, not ' ~ mode) -%}
  {%- elif first not in ['ON_CREATE', 'ON_SCHEDULE'] -%}
    {%- do exceptions.raise_compiler_error('`initialize` is ON_CREATE or ON_SCHEDULE, not ' ~ first) -%}
  {%- endif -%}
  {{ return({
    'target_lag': lag,
    'warehouse': warehouse,
    'initialization_warehouse': config.get('snowflake_initialization_warehouse'),
    'refresh_mode': mode,
    'initialize': first,
    'scheduler': scheduler,
    'cluster_by': _cluster_by(),
    'immutable_where': config.get('immutable_where')
  }) }}
{%- endmacro %}

{% macro _create_dynamic_table(relation, sql, replace) -%}
  {%- set table = _dynamic_table() -%}
  create {{ 'or replace ' if replace }}{{ 'transient ' if config.get('transient') }}dynamic table {{ relation }}
    {%- if table.target_lag %}
    target_lag = '{{ table.target_lag }}'
    {%- endif %}
    warehouse = {{ table.warehouse }}
    {%- if table.initialization_warehouse %}
    initialization_warehouse = {{ table.initialization_warehouse }}
    {%- endif %}
    refresh_mode = {{ table.refresh_mode }}
    initialize = {{ table.initialize }}
    {%- if table.scheduler == 'DISABLE' or config.get('scheduler') %}
    scheduler = '{{ table.scheduler }}'
    {%- endif -%}
    {{ _governance() }}
    {%- if table.cluster_by %}
    cluster by ({{ table.cluster_by }})
    {%- endif -%}
    {{ ' copy grants' if replace and config.get('copy_grants', false) }}
    {%- if table.immutable_where %}
    immutable where ({{ table.immutable_where }})
    {%- endif %}
    as (
      {{ sql }}
    )
{%- endmacro %}

{% macro snowflake__get_create_sql(relation, sql) -%}
  {%- if relation.is_dynamic_table -%}
    {{ _create_dynamic_table(relation, sql, false) }}
  {%- else -%}
    {{ default__get_create_sql(relation, sql) }}
  {%- endif -%}
{%- endmacro %}

{% macro snowflake__refresh_dynamic_table(relation) -%}
  alter dynamic table {{ relation }} refresh
{%- endmacro %}

{# What differs between the table that is there and the model: a dictionary of the new values. #}
{% macro _dynamic_table_changes(existing) -%}
  {%- set wanted = _dynamic_table() -%}
  {%- set rows = run_query(
      "show dynamic tables like '" ~ (existing.identifier | replace("'", "''")) ~ "' in schema "
      ~ existing.include(identifier=false)) -%}
  {%- set changes = {} -%}
  {%- for row in rows if row['name'] == existing.identifier -%}
    {%- set same = {
      'target_lag': _folded(row.get('target_lag')) == _folded(wanted.target_lag),
      'warehouse': _folded(row.get('warehouse')) == _folded(wanted.warehouse),
      'initialization_warehouse': _folded(row.get('initialization_warehouse')) == _folded(wanted.initialization_warehouse),
      'refresh_mode': wanted.refresh_mode in ['AUTO', _folded(row.get('refresh_mode')) | upper],
      'scheduler': row.get('scheduler') is none or _folded(row.get('scheduler')) == _folded(wanted.scheduler),
      'cluster_by': _folded(row.get('cluster_by')) == _folded(wanted.cluster_by),
      'immutable_where': _folded(row.get('immutable_where')) == _folded(wanted.immutable_where)
    } -%}
    {%- for name, equal in same.items() if not equal -%}
      {%- do changes.update({name: wanted[name]}) -%}
    {%- endfor -%}
  {%- endfor -%}
  {{ return(changes) }}
{%- endmacro %}

{# A setting without what the server adds to it: `LINEAR(a, b)`, `IMMUTABLE WHERE (x)`, NONE. #}
{% macro _folded(value) -%}
  {%- set text = (value or '') | string | lower | replace('"', '') | replace('linear', '') | replace('immutable where', '') -%}
  {%- set text = text | replace(' ', '') | replace('(', '') | replace(')', '') -%}
  {{ return('' if text == 'none' else text) }}
{%- endmacro %}

{% macro _alter_dynamic_table(relation, changes) -%}
  {%- set sets = [] -%}
  {%- if changes.get('target_lag') -%}
    {%- do sets.append("target_lag = '" ~ changes.target_lag ~ "'") -%}
  {%- endif -%}
  {%- if changes.get('warehouse') -%}
    {%- do sets.append('warehouse = ' ~ changes.warehouse) -%}
  {%- endif -%}
  {%- if changes.get('initialization_warehouse') -%}
    {%- do sets.append('initialization_warehouse = ' ~ changes.initialization_warehouse) -%}
  {%- endif -%}
  {%- if changes.get('scheduler') -%}
    {%- do sets.append("scheduler = '" ~ changes.scheduler ~ "'") -%}
  {%- endif -%}
  {%- set texts = ['set ' ~ (sets | join(' '))] if sets else [] -%}
  {%- if 'initialization_warehouse' in changes and not changes.initialization_warehouse -%}
    {%- do texts.append('unset initialization_warehouse') -%}
  {%- endif -%}
  {%- if 'immutable_where' in changes -%}
    {%- do texts.append(
        'set immutable where (' ~ changes.immutable_where ~ ')' if changes.immutable_where else 'unset immutable where') -%}
  {%- endif -%}
  {%- if 'cluster_by' in changes -%}
    {%- do texts.append('cluster by (' ~ changes.cluster_by ~ ')' if changes.cluster_by else 'drop clustering key') -%}
  {%- endif -%}
  {%- for text in texts %}
  alter dynamic table {{ relation }} {{ text }};
  {%- endfor -%}
{%- endmacro %}

{# The statement that brings the table to what the model says; nothing where it is so already. #}
{% macro _dynamic_table_build(existing, target_relation, sql) -%}
  {%- if existing is none -%}
    {{ return(get_create_sql(target_relation, sql)) }}
  {%- elif not existing.is_dynamic_table -%}
    {%- do adapter.drop_relation(existing) -%}
    {{ return(get_create_sql(target_relation, sql)) }}
  {%- elif should_full_refresh() -%}
    {{ return(_create_dynamic_table(target_relation, sql, true)) }}
  {%- endif -%}
  {%- set changes = _dynamic_table_changes(existing) -%}
  {%- set choice = config.get('on_configuration_change') -%}
  {%- if not changes -%}
    {{ return('') }}
  {%- elif choice == 'apply' and 'refresh_mode' in changes -%}
    {{ return(_create_dynamic_table(target_relation, sql, true)) }}
  {%- elif choice == 'apply' -%}
    {{ return(_alter_dynamic_table(existing, changes)) }}
  {%- elif choice == 'fail' -%}
    {%- do exceptions.raise_fail_fast_error(
        'Configuration changes of ' ~ target_relation ~ ' were found, and on_configuration_change is `fail`') -%}
  {%- endif -%}
  {%- do exceptions.warn(
      'Configuration changes of ' ~ target_relation ~ ' were not applied: on_configuration_change is `continue`') -%}
  {{ return('') }}
{%- endmacro %}

{%- materialization dynamic_table, adapter='snowflake' -%}

  {%- set session = _enter_session() -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='dynamic_table') -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- set build = _dynamic_table_build(existing, target_relation, sql) -%}
  {%- if build | trim -%}
    {%- call statement('main') -%}
      {{ build }}
    {%- endcall -%}
    {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
    {%- do persist_docs(target_relation, model) -%}
  {%- else -%}
    {%- do store_raw_result('main', message='skip ' ~ target_relation, code='skip', rows_affected='-1') -%}
  {%- endif -%}
  {%- if _dynamic_table().scheduler == 'DISABLE' -%}
    {%- call statement('refresh') -%}
      {{ snowflake__refresh_dynamic_table(target_relation) }}
    {%- endcall -%}
  {%- endif -%}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {%- do _leave_session(session) -%}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}
