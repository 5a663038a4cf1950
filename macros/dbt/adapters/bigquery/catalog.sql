{# Relations and columns of datasets, for `docs generate`, and when sources were last written. Tables of one name that end
   in days (`events_20240101`) are one table, `events_*`. #}

{% macro bigquery__get_catalog(information_schema, schemas) -%}
  {{ return(_bigquery_catalog(information_schema.database, schemas, [])) }}
{%- endmacro %}

{% macro bigquery__get_catalog_relations(information_schema, relations) -%}
  {%- set schemas, conditions = [], [] -%}
  {%- for relation in relations -%}
    {%- if relation.schema not in schemas -%}
      {%- do schemas.append(relation.schema) -%}
    {%- endif -%}
    {%- do conditions.append("(upper(table_schema) = upper('" ~ relation.schema ~ "') and upper(table_name) = upper('"
        ~ relation.identifier ~ "'))") -%}
  {%- endfor -%}
  {{ return(_bigquery_catalog(information_schema.database, schemas, conditions)) }}
{%- endmacro %}

{# INFORMATION_SCHEMA is one of each dataset, so the datasets' queries are put together. #}
{% macro _bigquery_catalog(database, schemas, conditions) -%}
  {%- set parts = [] -%}
  {%- for schema in schemas if adapter.check_schema_exists(database, schema) -%}
    {%- do parts.append('(' ~ _dataset_catalog(adapter.quote(database) ~ '.' ~ adapter.quote(schema), conditions) ~ ')') -%}
  {%- endfor -%}
  {%- if not parts -%}
    {{ return(run_query('select 1 as id limit 0')) }}
  {%- endif -%}
  {{ return(run_query(parts | join('\nunion all\n'))) }}
{%- endmacro %}

{% macro _dataset_catalog(dataset, conditions) -%}
    with shards as (
        select
            project_id as table_catalog,
            dataset_id as table_schema,
            table_id as shard_name,
            regexp_contains(table_id, '^.+[0-9]{8}$') and type = 1 as is_sharded,
            case when regexp_contains(table_id, '^.+[0-9]{8}$') and type = 1
                then regexp_extract(table_id, '^(.+)[0-9]{8}$') else table_id end as table_name,
            regexp_extract(table_id, '^.+([0-9]{8})$') as shard_index,
            case type when 1 then 'table' when 2 then 'view' when 4 then 'materialized view' else 'external' end as table_type,
            type = 1 as is_table,
            size_bytes,
            row_count
        from {{ dataset }}.__TABLES__
    ),

    relations as (
        select
            table_catalog, table_schema, table_name, table_type, is_sharded, is_table,
            max(shard_name) as latest_shard,
            min(shard_index) as first_index,
            max(shard_index) as last_index,
            count(shard_index) as shard_count,
            sum(size_bytes) as size_bytes,
            sum(row_count) as row_count
        from shards
        {{ 'where ' ~ (conditions | join(' or ')) if conditions }}
        group by table_catalog, table_schema, table_name, table_type, is_sharded, is_table
    ),

    fields as (
        select
            paths.table_name as shard_name,
            paths.field_path,
            paths.data_type,
            paths.description,
            columns.is_partitioning_column = 'YES' as is_partition,
            columns.clustering_ordinal_position as cluster_position,
            row_number() over (
                partition by paths.table_name order by columns.ordinal_position, paths.field_path
            ) as column_index
        from {{ dataset }}.INFORMATION_SCHEMA.COLUMNS as columns
        join {{ dataset }}.INFORMATION_SCHEMA.COLUMN_FIELD_PATHS as paths
            on paths.table_name = columns.table_name
            and paths.column_name = columns.column_name
        where columns.ordinal_position is not null
    ),

    layouts as (
        select
            shard_name,
            max(if(is_partition, field_path, null)) as partition_column,
            string_agg(if(cluster_position is null, null, field_path), ', ' order by cluster_position) as cluster_columns
        from fields
        group by shard_name
    ),

    comments as (
        select table_name, json_value(option_value) as comment
        from {{ dataset }}.INFORMATION_SCHEMA.TABLE_OPTIONS
        where option_name = 'description'
    )

    select
        relations.table_catalog as table_database,
        relations.table_schema,
        relations.table_name || if(relations.is_sharded, '*', '') as table_name,
        relations.table_type,
        comments.comment as table_comment,
        coalesce(fields.field_path, '<unknown>') as column_name,
        coalesce(fields.column_index, 1) as column_index,
        coalesce(fields.data_type, '<unknown>') as column_type,
        coalesce(fields.description, '') as column_comment,
        {{ _catalog_statistic('date_shards', 'Shard count', 'relations.shard_count', 'The number of tables that differ in their day alone', 'relations.is_sharded') }},
        {{ _catalog_statistic('date_shard_min', 'Shard (min)', 'relations.first_index', 'The first of these days', 'relations.is_sharded') }},
        {{ _catalog_statistic('date_shard_max', 'Shard (max)', 'relations.last_index', 'The last of these days', 'relations.is_sharded') }},
        {{ _catalog_statistic('num_rows', '# Rows', 'relations.row_count', 'How many rows there are, about', 'relations.is_table') }},
        {{ _catalog_statistic('num_bytes', 'Approximate Size', 'relations.size_bytes', 'How large the table is, as BigQuery says', 'relations.is_table') }},
        {{ _catalog_statistic('partitioning_type', 'Partitioned By', 'layouts.partition_column', 'The column that makes partitions', 'layouts.partition_column is not null') }},
        {{ _catalog_statistic('clustering_fields', 'Clustered By', 'layouts.cluster_columns', 'The columns that rows are sorted by', 'layouts.cluster_columns is not null') }}
    from relations
    left join fields on fields.shard_name = relations.latest_shard
    left join layouts on layouts.shard_name = relations.latest_shard
    left join comments on comments.table_name = relations.latest_shard
{%- endmacro %}

{% macro _catalog_statistic(id, label, value, description, included) -%}
        '{{ label }}' as `stats__{{ id }}__label`,
        {{ value }} as `stats__{{ id }}__value`,
        '{{ description }}' as `stats__{{ id }}__description`,
        {{ included }} as `stats__{{ id }}__include`
{%- endmacro %}

{# When tables were last written, of all that are asked for by one query. #}
{% macro bigquery__get_relation_last_modified(information_schema, relations) -%}
  {%- set location = bigquery__get_dataset_location(relations[0]) | lower -%}
  {%- set conditions = [] -%}
  {%- for relation in relations -%}
    {%- do conditions.append("(upper(table_schema) = upper('" ~ relation.schema ~ "') and upper(table_name) = upper('"
        ~ relation.identifier ~ "'))") -%}
  {%- endfor -%}
  {%- call statement('last_modified', fetch_result=True) -%}
    select
      table_schema as schema,
      table_name as identifier,
      storage_last_modified_time as last_modified,
      {{ current_timestamp() }} as snapshotted_at
    from {{ adapter.quote(relations[0].database) }}.{{ adapter.quote('region-' ~ location) }}.INFORMATION_SCHEMA.TABLE_STORAGE
    where {{ conditions | join(' or ') }}
  {%- endcall -%}
  {{ return(load_result('last_modified')) }}
{%- endmacro %}
