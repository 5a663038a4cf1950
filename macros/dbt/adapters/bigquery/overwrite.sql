{# The strategy `insert_overwrite`: whole partitions go, and the delta's rows take their place. #}

{# The partitions that the model's `partitions` lists, whether or not the delta has rows for them. #}
{% macro _overwrite_given_partitions(parts, partitions) -%}
  {%- if parts.partition.copy_partitions -%}
    {%- do _stage_for_copy(parts) -%}
    {%- set asked = 'select cast(listed as timestamp) from unnest([' ~ (partitions | join(', ')) ~ ']) as listed' -%}
    {{ return(_copy_partitions(parts, run_query(asked).columns[0].values())) }}
  {%- endif -%}
  {%- set predicate = _partition_value(parts.partition, 'DBT_INTERNAL_DEST') ~ ' in (' ~ (partitions | join(', ')) ~ ')' -%}
  {%- set merge = get_insert_overwrite_merge_sql(
      parts.target, _delta(parts), _written_columns(parts), [predicate], include_sql_header=not parts.is_staged) -%}
  {%- set declared = '' if parts.is_staged else _declared_max_partition(parts.target, parts.partition, compiled_code) -%}
  {{ return(declared ~ merge ~ ';' ~ ('\n    drop table if exists ' ~ parts.staged ~ ';' if parts.is_staged else '')) }}
{%- endmacro %}

{# The partitions in which the delta has rows. They are found by a script, so that one job does it all. #}
{% macro _overwrite_found_partitions(parts) -%}
  {%- if parts.partition.copy_partitions -%}
    {%- do _stage_for_copy(parts) -%}
    {%- set found = run_query('select distinct ' ~ _staged_partition(parts.partition) ~ ' from ' ~ parts.staged) -%}
    {{ return(_copy_partitions(parts, found.columns[0].values())) }}
  {%- endif -%}
  {{ return(_overwrite_script(parts)) }}
{%- endmacro %}

{% macro _staged_partition(partition) -%}
  {{ return(_ingestion_column(partition) if partition.time_ingestion_partitioning else _partition_value(partition)) }}
{%- endmacro %}

{% macro _overwrite_script(parts) -%}
  {%- set partition = parts.partition -%}
  {%- set predicate = _partition_value(partition, 'DBT_INTERNAL_DEST') ~ ' in unnest(dbt_partitions_for_replacement)' -%}
  {%- set staged_parts = dict(parts, is_staged=true) %}
    declare dbt_partitions_for_replacement array<{{ _partition_type(partition) }}>;
    {%- if not parts.is_staged %}
    {{ _declared_max_partition(parts.target, partition, compiled_code) }}
    {{ _build_table(True, parts.staged, compiled_code) }}
    {%- endif %}

    set dbt_partitions_for_replacement = (
        select array_agg(distinct {{ _staged_partition(partition) }} ignore nulls)
        from {{ parts.staged }}
    );

    {{ get_insert_overwrite_merge_sql(parts.target, _delta(staged_parts), _written_columns(parts), [predicate]) }};

    drop table if exists {{ parts.staged }};
{%- endmacro %}

{# Copying partitions costs nothing, but needs the delta in a table with the same partitions. #}
{% macro _stage_for_copy(parts) -%}
  {%- if not parts.is_staged -%}
    {%- call statement('create_tmp_relation_for_copy') -%}
      {{ _declared_max_partition(parts.target, parts.partition, compiled_code) }}
      {{ _build_table(True, parts.staged, compiled_code) }}
    {%- endcall -%}
  {%- endif -%}
{%- endmacro %}

{# Copies the partitions that are named by these values; returns the statement that ends the staging. #}
{% macro _copy_partitions(parts, values) -%}
  {%- set formats = {'hour': '%Y%m%d%H', 'day': '%Y%m%d', 'month': '%Y%m', 'year': '%Y'} -%}
  {%- for value in values if value is not none -%}
    {%- set id = value if parts.partition.data_type == 'int64' else value.strftime(formats[parts.partition.granularity]) -%}
    {%- set ending = '$' ~ id -%}
    {%- do bigquery__copy_table(
        parts.staged.incorporate(path={'identifier': parts.staged.identifier ~ ending}),
        parts.target.incorporate(path={'identifier': parts.target.identifier ~ ending}),
        'table') -%}
  {%- endfor -%}
  {{ return('drop table if exists ' ~ parts.staged) }}
{%- endmacro %}
