{# How tables are partitioned and clustered. A model's `partition_by` says: field, data_type (date), granularity (day),
   range (of whole numbers: start, end, interval), time_ingestion_partitioning, copy_partitions. #}

{# The settings with their defaults, in lower case; none where there are none. #}
{% macro bigquery__parse_partition_by(raw_partition_by) -%}
  {%- if raw_partition_by is none or raw_partition_by is undefined -%}
    {{ return(none) }}
  {%- elif raw_partition_by is not mapping -%}
    {%- do exceptions.raise_compiler_error(
        "`partition_by` must be a mapping with `field` and `data_type`, but is: " ~ raw_partition_by) -%}
  {%- elif not raw_partition_by.get('field') -%}
    {%- do exceptions.raise_compiler_error("`partition_by` has no `field`: " ~ raw_partition_by) -%}
  {%- endif -%}
  {%- set given = {} -%}
  {%- for name, value in raw_partition_by.items() -%}
    {%- do given.update({name: value | lower if value is string else value}) -%}
  {%- endfor -%}
  {{ return({
    'field': given['field'],
    'data_type': given.get('data_type') or 'date',
    'granularity': given.get('granularity') or 'day',
    'range': given.get('range'),
    'time_ingestion_partitioning': given.get('time_ingestion_partitioning') or false,
    'copy_partitions': given.get('copy_partitions') or false
  }) }}
{%- endmacro %}

{% macro _partition_config() -%}
  {{ return(bigquery__parse_partition_by(config.get('partition_by'))) }}
{%- endmacro %}

{# The type of a partition's value. #}
{% macro _partition_type(partition) -%}
  {%- if partition.time_ingestion_partitioning and partition.data_type != 'date' -%}
    {{ return('timestamp') }}
  {%- endif -%}
  {{ return(partition.data_type) }}
{%- endmacro %}

{# The column that holds the time of ingestion. #}
{% macro _ingestion_column(partition) -%}
  {{ return('_PARTITIONDATE' if partition.data_type == 'date' else '_PARTITIONTIME') }}
{%- endmacro %}

{% macro _is_truncated(partition) -%}
  {{ return(partition.data_type != 'int64' and not (partition.data_type == 'date' and partition.granularity == 'day')) }}
{%- endmacro %}

{# The expression that a table is partitioned by. #}
{% macro _partition_expression(partition, alias=none) -%}
  {%- set column = _ingestion_column(partition) if partition.time_ingestion_partitioning else partition.field -%}
  {%- set column = alias ~ '.' ~ column if alias else column -%}
  {%- if _is_truncated(partition) -%}
    {{ return(partition.data_type ~ '_trunc(' ~ column ~ ', ' ~ partition.granularity ~ ')') }}
  {%- endif -%}
  {{ return(column) }}
{%- endmacro %}

{# The partition that a row is in, as a value: the start of its stretch of time or of its range. #}
{% macro _partition_value(partition, alias=none) -%}
  {%- set expression = _partition_expression(partition, alias) -%}
  {%- set timed = partition.data_type in ['date', 'timestamp', 'datetime'] -%}
  {%- if partition.data_type == 'int64' and partition.range and partition.range['interval'] | string != '1' -%}
    {{ return('(' ~ expression ~ ' - MOD(' ~ expression ~ ' - ' ~ partition.range['start'] ~ ', '
        ~ partition.range['interval'] ~ '))') }}
  {%- elif timed and not _is_truncated(partition)
      and not (partition.time_ingestion_partitioning and partition.data_type == 'date') -%}
    {{ return(partition.data_type ~ '(' ~ expression ~ ')') }}
  {%- endif -%}
  {{ return(expression) }}
{%- endmacro %}

{# `partition by …` of a definition. #}
{% macro partition_by(partition_config) -%}
    {%- if partition_config is none -%}
        {{ return('') }}
    {%- elif partition_config.time_ingestion_partitioning -%}
        partition by {{ _partition_value(partition_config) }}
    {%- elif partition_config.data_type in ['date', 'timestamp', 'datetime'] -%}
        partition by {{ _partition_expression(partition_config) }}
    {%- elif partition_config.data_type == 'int64' -%}
        {%- set range = partition_config.range -%}
        {%- if range is not mapping -%}
          {%- do exceptions.raise_compiler_error("`partition_by` of whole numbers needs `range` with `start`, `end` and `interval`") -%}
        {%- endif -%}
        partition by range_bucket(
            {{ partition_config.field }},
            generate_array({{ range.start }}, {{ range.end }}, {{ range.interval }})
        )
    {%- endif -%}
{%- endmacro -%}

{# `cluster by …` of a definition, from one name or several. #}
{% macro cluster_by(raw_cluster_by) -%}
  {%- if raw_cluster_by -%}
  cluster by {{ raw_cluster_by if raw_cluster_by is string else raw_cluster_by | join(', ') }}
  {%- endif -%}
{%- endmacro -%}

{# Whether `create or replace` may put a table with these partitions and clusters in the place of one that is there. #}
{% macro bigquery__is_replaceable(relation, conf_partition, conf_cluster) -%}
  {%- if not relation -%}
    {{ return(true) }}
  {%- endif -%}
  {%- set table = adapter.operation('describe_table', relation) -%}
  {%- if table is none -%}
    {{ return(true) }}
  {%- endif -%}
  {%- set clusters = [conf_cluster] if conf_cluster is string else (conf_cluster or []) -%}
  {%- set same_clusters = (table.get('clustering') or {}).get('fields', []) | list == clusters | list -%}
  {{ return(same_clusters and _partitions_match(table, conf_partition)) }}
{%- endmacro %}

{% macro _partitions_match(table, partition) -%}
  {%- set timed, ranged = table.get('timePartitioning'), table.get('rangePartitioning') -%}
  {%- if not timed and not ranged -%}
    {{ return(not partition) }}
  {%- elif not partition -%}
    {{ return(false) }}
  {%- elif timed -%}
    {%- set field = (timed.get('field') or '') | lower -%}
    {%- set same = (field == partition.field | lower) or (partition.time_ingestion_partitioning and not field) -%}
    {{ return(same and timed['type'] | lower == partition.granularity | lower) }}
  {%- endif -%}
  {%- set there, wanted = ranged['range'], partition.range or {} -%}
  {{ return(
    ranged['field'] | lower == partition.field | lower
    and there['start'] | string == wanted.get('start') | string
    and there['end'] | string == wanted.get('end') | string
    and there['interval'] | string == wanted.get('interval') | string
  ) }}
{%- endmacro %}

{# A filter on all partitions, for tables that refuse queries without one; none where that is not needed. #}
{% macro predicate_for_avoid_require_partition_filter(target='DBT_INTERNAL_DEST') -%}
  {%- set partition = _partition_config() -%}
  {%- if not partition or not config.get('require_partition_filter') -%}
    {{ return(none) }}
  {%- endif -%}
  {%- set field = _ingestion_column(partition) if partition.time_ingestion_partitioning else partition.field -%}
  {%- set name = '`' ~ target ~ '`.`' ~ field ~ '`' -%}
  {{ return('(' ~ name ~ ' is null or ' ~ name ~ ' is not null)') }}
{%- endmacro %}

{# Rows of INFORMATION_SCHEMA.PARTITIONS for a table: its column `partition_id`. #}
{% macro bigquery__get_partitions_metadata(table) -%}
  {%- if not execute -%}
    {{ return(none) }}
  {%- endif -%}
  {{ return(run_query(
    "select partition_id from `" ~ table.database ~ "." ~ table.schema ~ ".INFORMATION_SCHEMA.PARTITIONS`"
    ~ " where table_name = '" ~ table.identifier ~ "'"
  )) }}
{%- endmacro %}

{% macro get_partitions_metadata(table) -%}
  {{ return(adapter.dispatch('get_partitions_metadata', 'dbt')(table)) }}
{%- endmacro %}
