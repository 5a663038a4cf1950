{# Relations of BigQuery. There are no transactions around definitions; datasets and tables are resources of the interface. #}

{% macro bigquery__drop_schema(relation) -%}
  {%- do adapter.operation('drop_dataset', relation) -%}
{%- endmacro %}

{% macro bigquery__list_schemas(database) -%}
  {{ return(run_query('select schema_name from ' ~ adapter.quote(database) ~ '.INFORMATION_SCHEMA.SCHEMATA')) }}
{%- endmacro %}

{% macro bigquery__check_schema_exists(information_schema, schema) -%}
  {{ return(adapter.check_schema_exists(information_schema.database, schema)) }}
{%- endmacro %}

{% macro bigquery__list_relations_without_caching(schema_relation) -%}
  {{ return(adapter.list_relations_without_caching(schema_relation)) }}
{%- endmacro %}

{% macro bigquery__get_columns_in_relation(relation) -%}
  {{ return(adapter.get_columns_in_relation(relation)) }}
{%- endmacro %}

{# Whatever stands under the name goes, be it a table or a view. #}
{% macro bigquery__drop_relation(relation) -%}
  {%- do adapter.operation('drop_table', relation) -%}
{%- endmacro %}

{% macro bigquery__drop_table(relation) -%}
    drop table if exists {{ relation }}
{%- endmacro %}

{% macro bigquery__drop_view(relation) -%}
    drop view if exists {{ relation }}
{%- endmacro %}

{% macro bigquery__drop_materialized_view(relation) -%}
    drop materialized view if exists {{ relation }}
{%- endmacro %}

{% macro bigquery__rename_relation(from_relation, to_relation) -%}
  {%- if from_relation.is_view or to_relation.is_view -%}
    {%- do exceptions.raise_compiler_error("Views cannot be renamed in BigQuery: " ~ from_relation) -%}
  {%- endif -%}
  {%- call statement('rename_relation') -%}
    alter table {{ from_relation }} rename to {{ adapter.quote(to_relation.identifier) }}
  {%- endcall -%}
{%- endmacro %}

{% macro bigquery__get_rename_table_sql(relation, new_name) -%}
    alter table {{ relation }} rename to {{ new_name }}
{%- endmacro %}

{# Names of tables may have 1024 characters. The time makes a staging table the run's own. #}
{% macro _beside(base_relation, ending) -%}
  {{ return(base_relation.incorporate(path={'identifier': base_relation.identifier[:1024 - ending | length] ~ ending})) }}
{%- endmacro %}

{% macro bigquery__make_temp_relation(base_relation, suffix) -%}
  {{ return(_beside(base_relation, suffix ~ modules.datetime.datetime.now().strftime('%H%M%S%f'))) }}
{%- endmacro %}

{% macro bigquery__make_intermediate_relation(base_relation, suffix) -%}
  {{ return(_beside(base_relation, suffix)) }}
{%- endmacro %}

{% macro bigquery__make_backup_relation(base_relation, backup_relation_type, suffix) -%}
  {{ return(_beside(base_relation, suffix).incorporate(type=backup_relation_type)) }}
{%- endmacro %}

{# The comparison keeps BigQuery from answering without looking at the query's columns. #}
{% macro bigquery__get_empty_subquery_sql(select_sql, select_sql_header=none) %}
    {{- select_sql_header or '' }}
    select * from (
        {{ select_sql }}
    ) as __dbt_sbq
    where false and current_timestamp() = current_timestamp()
    limit 0
{% endmacro %}

{# A type changes by writing the table anew, which reads it whole. #}
{% macro bigquery__alter_column_type(relation, column_name, new_column_type) -%}
  {%- set selected = [] -%}
  {%- for column in adapter.get_columns_in_relation(relation) -%}
    {%- set name = adapter.quote(column.name) -%}
    {%- do selected.append('cast(' ~ name ~ ' as ' ~ new_column_type ~ ') as ' ~ name if column.name == column_name else name) -%}
  {%- endfor -%}
  {%- call statement('alter_column_type') -%}
    {{ create_table_as(False, relation, 'select ' ~ (selected | join(', ')) ~ ' from ' ~ relation) }}
  {%- endcall -%}
{%- endmacro %}

{% macro bigquery__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
  {%- set dropped = [] -%}
  {%- for column in remove_columns or [] -%}
    {%- do dropped.append('drop column ' ~ adapter.quote(column.name)) -%}
  {%- endfor -%}
  {%- set added = [] -%}
  {%- for column in add_columns or [] -%}
    {%- do added.append('add column ' ~ adapter.quote(column.name) ~ ' ' ~ column.data_type) -%}
  {%- endfor -%}
  {%- for changes in [dropped, added] if changes -%}
    {%- do run_query('alter table ' ~ relation ~ ' ' ~ (changes | join(', '))) -%}
  {%- endfor -%}
{%- endmacro %}

{% macro bigquery__alter_relation_add_columns(relation, add_columns) -%}
  {%- do bigquery__alter_relation_add_remove_columns(relation, add_columns, none) -%}
{%- endmacro %}

{% macro bigquery__alter_relation_drop_columns(relation, drop_columns) -%}
  {%- do bigquery__alter_relation_add_remove_columns(relation, none, drop_columns) -%}
{%- endmacro %}

{# Fields that a structure got are added to the table's own structure through the interface: SQL cannot. #}
{% macro bigquery__sync_column_schemas(on_schema_change, target_relation, schema_changes_dict) -%}
  {%- set source = schema_changes_dict.get('source_relation') -%}
  {%- set retyped, structured = [], [] -%}
  {%- for change in schema_changes_dict['new_target_types'] -%}
    {%- do (structured if 'STRUCT<' in change['new_type'] else retyped).append(change) -%}
  {%- endfor -%}
  {%- if structured and source -%}
    {%- do adapter.operation('add_fields', target_relation, {'source':
        {'database': source.database, 'schema': source.schema, 'identifier': source.identifier}}) -%}
  {%- endif -%}
  {%- set rest = dict(schema_changes_dict, new_target_types=retyped) -%}
  {%- if structured and source -%}
    {%- do rest.update({'source_not_in_target': []}) -%}
  {%- endif -%}
  {%- do default__sync_column_schemas(on_schema_change, target_relation, rest) -%}
{%- endmacro %}

{% macro bigquery__check_for_schema_changes(source_relation, target_relation) -%}
  {%- set changes = default__check_for_schema_changes(source_relation, target_relation) -%}
  {%- do changes.update({'source_relation': source_relation}) -%}
  {{ return(changes) }}
{%- endmacro %}

{# BigQuery's parser would take the short form's alias for the column itself. #}
{% macro bigquery__test_unique(model, column_name) %}

with dbt_test__target as (

  select {{ column_name }} as unique_field
  from {{ model }}
  where {{ column_name }} is not null

)

select
    unique_field,
    count(*) as n_records

from dbt_test__target
group by unique_field
having count(*) > 1

{% endmacro %}

{% macro date_sharded_table(base_name) -%}
    {{ return(base_name ~ '[DBT__PARTITION_DATE]') }}
{%- endmacro %}

{% macro bigquery__get_dataset_location(relation) -%}
  {{ return(adapter.operation('dataset_location', relation)) }}
{%- endmacro %}
