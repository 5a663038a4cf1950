{# Materialized views: made, refreshed, replaced; their indexes are kept as the model says. #}

{% macro postgres__get_create_materialized_view_as_sql(relation, sql) -%}
    {%- do _postgres_check_name(relation) -%}
    create materialized view if not exists {{ relation }} as {{ sql }};
    {%- for index in config.get('indexes', []) %}
    {{ get_create_index_sql(relation, index) }};
    {%- endfor %}
{%- endmacro %}

{% macro postgres__refresh_materialized_view(relation) -%}
    refresh materialized view {{ relation }}
{%- endmacro %}

{# A materialized view is dropped first, for its name must be free; a table or view that it takes the place of waits under
   another name. All is one transaction. #}
{% macro postgres__get_replace_sql(existing_relation, target_relation, sql) -%}
    {%- if existing_relation.is_materialized_view and target_relation.is_materialized_view -%}
        {{ get_drop_sql(existing_relation) }};
        {{ get_create_sql(target_relation, sql) }}
    {%- elif target_relation.is_materialized_view -%}
        {{ get_create_backup_sql(existing_relation) }};
        {{ get_create_sql(target_relation, sql) }};
        {{ get_drop_backup_sql(existing_relation) }}
    {%- elif existing_relation.is_view and target_relation.is_view -%}
        {{ get_replace_view_sql(target_relation, sql) }}
    {%- else -%}
        {{ get_create_intermediate_sql(target_relation, sql) }};
        {{ get_drop_sql(existing_relation) if existing_relation.is_materialized_view else get_create_backup_sql(existing_relation) }};
        {{ get_rename_intermediate_sql(target_relation) }}
        {%- if not existing_relation.is_materialized_view %};
        {{ get_drop_backup_sql(existing_relation) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{% macro postgres__drop_materialized_view(relation) -%}
    drop materialized view if exists {{ relation }} cascade
{%- endmacro %}

{# What the database tells of a materialized view: its indexes. #}
{% macro postgres__describe_materialized_view(relation) -%}
  {{ return({'indexes': run_query(get_show_indexes_sql(relation))}) }}
{%- endmacro %}

{# The indexes to drop and to create, or none where they are as the model says. #}
{% macro postgres__get_materialized_view_configuration_changes(existing_relation, new_config) -%}
  {%- set wanted = {} -%}
  {%- for entry in new_config.get('indexes', []) -%}
    {%- set index = _postgres_index(entry) -%}
    {%- do wanted.update({_postgres_index_key(index.columns, index.unique, index.type or 'btree'): entry}) -%}
  {%- endfor -%}
  {%- set present = {} -%}
  {%- for row in postgres__describe_materialized_view(existing_relation)['indexes'].rows -%}
    {%- do present.update({_postgres_index_key(row['column_names'].split(','), row['unique'], row['method']): row['name']}) -%}
  {%- endfor -%}
  {%- set changes = [] -%}
  {%- for key, name in present.items() if key not in wanted -%}
    {%- do changes.append({'action': 'drop', 'context': {'name': name}}) -%}
  {%- endfor -%}
  {%- for key, entry in wanted.items() if key not in present -%}
    {%- do changes.append({'action': 'create', 'context': {'as_node_config': entry}}) -%}
  {%- endfor -%}
  {{ return({'indexes': changes, 'requires_full_refresh': false} if changes else none) }}
{%- endmacro %}

{# As dbt: the order of an index's columns makes no other index. #}
{% macro _postgres_index_key(columns, unique, method) -%}
  {{ return((columns | map('lower') | sort | join(',')) ~ '|' ~ (unique | string | lower) ~ '|' ~ method) }}
{%- endmacro %}

{% macro postgres__get_alter_materialized_view_as_sql(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation
) -%}
  {%- if configuration_changes.requires_full_refresh -%}
    {{ get_replace_sql(existing_relation, relation, sql) }}
  {%- else -%}
    {{ postgres__update_indexes_on_materialized_view(relation, configuration_changes.indexes) }}
  {%- endif -%}
{%- endmacro %}

{# The statements that drop and create indexes, from changes of `action` and `context`. #}
{% macro postgres__update_indexes_on_materialized_view(relation, index_changes) -%}
  {%- do log('Applying UPDATE INDEXES to: ' ~ relation) -%}
  {%- for change in index_changes if change.action in ['drop', 'create'] -%}
    {%- if change.action == 'drop' -%}
      {{ postgres__get_drop_index_sql(relation, change.context.name) }}
    {%- else -%}
      {{ postgres__get_create_index_sql(relation, change.context.as_node_config) }}
    {%- endif -%}
    {{ ';\n' if not loop.last }}
  {%- endfor -%}
{%- endmacro %}
