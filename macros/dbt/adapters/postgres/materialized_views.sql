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

{# The indexes to drop and to create, or none where they are as the model says. #}
{% macro postgres__get_materialized_view_configuration_changes(existing_relation, new_config) -%}
  {%- set wanted = {} -%}
  {%- for entry in new_config.get('indexes', []) -%}
    {%- set index = _postgres_index(entry) -%}
    {%- do wanted.update({_postgres_index_key(index.columns, index.unique, index.type or 'btree'): entry}) -%}
  {%- endfor -%}
  {%- set present = {} -%}
  {%- for row in run_query(get_show_indexes_sql(existing_relation)).rows -%}
    {%- do present.update({_postgres_index_key(row['column_names'].split(','), row['unique'], row['method']): row['name']}) -%}
  {%- endfor -%}
  {%- set drop, create = [], [] -%}
  {%- for key, name in present.items() if key not in wanted -%}
    {%- do drop.append(name) -%}
  {%- endfor -%}
  {%- for key, entry in wanted.items() if key not in present -%}
    {%- do create.append(entry) -%}
  {%- endfor -%}
  {{ return({'drop': drop, 'create': create} if drop or create else none) }}
{%- endmacro %}

{# As dbt: the order of an index's columns makes no other index. #}
{% macro _postgres_index_key(columns, unique, method) -%}
  {{ return((columns | map('lower') | sort | join(',')) ~ '|' ~ (unique | string | lower) ~ '|' ~ method) }}
{%- endmacro %}

{% macro postgres__get_alter_materialized_view_as_sql(
    relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation
) -%}
  {%- set statements = [] -%}
  {%- for name in configuration_changes.drop -%}
    {%- do statements.append(get_drop_index_sql(relation, name)) -%}
  {%- endfor -%}
  {%- for entry in configuration_changes.create -%}
    {%- do statements.append(get_create_index_sql(relation, entry)) -%}
  {%- endfor -%}
  {{ return(statements | join(';\n')) }}
{%- endmacro %}
