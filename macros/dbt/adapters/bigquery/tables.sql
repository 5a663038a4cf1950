{# Tables and views from queries, each by one statement that puts the new relation in the place of the old one. #}

{# A table partitioned by the time of ingestion cannot be made from a query: it is made empty, and filled by
   `_fill_by_ingestion`. #}
{% macro bigquery__create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {%- if language != 'sql' -%}
    {%- do exceptions.raise_compiler_error("A model in `" ~ language ~ "` cannot be built on BigQuery: only SQL models can") -%}
  {%- endif -%}
  {%- set partition = _partition_config() -%}
  {%- set by_ingestion = partition is not none and partition.time_ingestion_partitioning -%}
  {%- set enforced = (config.get('contract') or {}).enforced -%}
  {%- if enforced -%}
    {%- do get_assert_columns_equivalent(compiled_code) -%}
  {%- endif -%}
  {{ config.get('sql_header') or '' }}
  create or replace table {{ relation }}
  {%- if enforced and not temporary %}
  {{ get_table_columns_and_constraints() }}
  {%- elif by_ingestion %}
  ({{ _typed_columns(compiled_code, partition) }})
  {%- endif %}
  {{ partition_by(partition) }}
  {{ cluster_by(config.get('cluster_by')) }}
  {{ bigquery_table_options(config, model, temporary) }}
  {%- if by_ingestion -%}
  ;
  {%- else %}
  as (
    {{ get_select_subquery(compiled_code) if enforced and not temporary else compiled_code }}
  );
  {%- endif -%}
{%- endmacro %}

{# Names and types of a query's columns but the one that says when a row was ingested. #}
{% macro _typed_columns(sql, partition) -%}
  {%- set parts = [] -%}
  {%- for column in adapter.get_column_schema_from_query(get_empty_subquery_sql(sql, config.get('sql_header')))
      if column.name | lower != partition.field | lower -%}
    {%- do parts.append(adapter.quote(column.name) ~ ' ' ~ column.dtype) -%}
  {%- endfor -%}
  {{ return(parts | join(', ')) }}
{%- endmacro %}

{# The query with its partition's column under the name that BigQuery gives it. #}
{% macro _with_ingestion_time(partition, sql) -%}
  select timestamp({{ partition.field }}) as _PARTITIONTIME, * except ({{ partition.field }}) from (
    {{ sql }}
  )
{%- endmacro %}

{% macro _fill_by_ingestion(relation, partition, sql) -%}
  {%- set names = get_quoted_csv(adapter.get_columns_in_relation(relation) | map(attribute='name')) -%}
  {{ config.get('sql_header') or '' }}
  insert into {{ relation }} (_PARTITIONTIME, {{ names }})
  select _PARTITIONTIME, {{ names }} from (
    {{ _with_ingestion_time(partition, sql) }}
  );
{%- endmacro %}

{# The statement that builds a whole table; what must run before it is run. #}
{% macro _build_table(temporary, relation, sql) -%}
  {%- set partition = _partition_config() -%}
  {%- if partition is not none and partition.time_ingestion_partitioning -%}
    {%- do run_query(create_table_as(temporary, relation, sql)) -%}
    {{ return(_fill_by_ingestion(relation, partition, sql)) }}
  {%- endif -%}
  {{ return(create_table_as(temporary, relation, sql)) }}
{%- endmacro %}

{% macro bigquery__create_view_as(relation, sql) -%}
  {%- if (config.get('contract') or {}).enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {{ config.get('sql_header') or '' }}
  create or replace view {{ relation }}
  {{ bigquery_view_options(config, model) }}
  as {{ sql }};
{%- endmacro %}

{# Drops what stands under the relation's name where a table cannot take its place by one statement. #}
{% macro _make_way_for_table(existing) -%}
  {%- if existing is not none and not existing.is_table -%}
    {%- do adapter.drop_relation(existing) -%}
  {%- elif existing is not none and not bigquery__is_replaceable(existing, _partition_config(), config.get('cluster_by')) -%}
    {%- do log("Dropping " ~ existing ~ ": a table cannot be replaced by one with other partitions or clusters") -%}
    {%- do adapter.drop_relation(existing) -%}
  {%- endif -%}
{%- endmacro %}

{%- materialization table, adapter='bigquery' -%}

  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}

  {{ run_hooks(pre_hooks) }}
  {%- do _make_way_for_table(existing) -%}
  {%- call statement('main') -%}
    {{ _build_table(False, target_relation, compiled_code) }}
  {%- endcall -%}
  {{ run_hooks(post_hooks) }}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}

{# A table is in the way of a view: it goes on a full refresh only, for it may be dear. #}
{% macro bigquery__handle_existing_table(full_refresh, old_relation) -%}
    {%- if not full_refresh -%}
      {%- do exceptions.relation_wrong_type(old_relation, 'view') -%}
    {%- endif -%}
    {%- do adapter.drop_relation(old_relation) -%}
{%- endmacro %}

{%- materialization view, adapter='bigquery' -%}

  {%- set built = create_or_replace_view() -%}
  {%- do persist_docs(this.incorporate(type='view'), model) -%}
  {%- do _grant_access_of_view(this) -%}
  {{ return(built) }}

{%- endmaterialization -%}

{# Lets a view read datasets that its readers may not: the model's `grant_access_to`. #}
{% macro _grant_access_of_view(view) -%}
  {%- for to in config.get('grant_access_to') or [] -%}
    {%- do adapter.operation('grant_view_access', view, {'project': to.project, 'dataset': to.dataset}) -%}
  {%- endfor -%}
{%- endmacro %}

{% macro grant_access_to(entity, entity_type, role, grant_target_dict) -%}
  {%- if entity_type != 'view' -%}
    {%- do exceptions.raise_compiler_error("grant_access_to lets views read datasets; `" ~ entity_type ~ "` is no view") -%}
  {%- endif -%}
  {%- do adapter.operation('grant_view_access', entity, grant_target_dict) -%}
{%- endmacro %}

{# A copy of one or several tables, without a query: the model's refs and sources. #}
{%- materialization copy, adapter='bigquery' -%}

  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set wanted = config.get('copy_materialization', 'table') -%}
  {%- if wanted not in ['table', 'incremental'] -%}
    {%- do exceptions.raise_compiler_error("copy_materialization can be `table` or `incremental`, not `" ~ wanted ~ "`") -%}
  {%- endif -%}
  {%- set sources = [] -%}
  {%- for ref_args in model.refs -%}
    {%- do sources.append(ref(ref_args.get('package'), ref_args.name, version=ref_args.get('version'))
        if ref_args.get('package') else ref(ref_args.name, version=ref_args.get('version'))) -%}
  {%- endfor -%}
  {%- for source_args in model.sources -%}
    {%- do sources.append(source(*source_args)) -%}
  {%- endfor -%}

  {{ run_hooks(pre_hooks) }}
  {%- do bigquery__copy_table(sources, target_relation, wanted) -%}
  {%- do store_raw_result('main', message='COPY TABLE with materialization: ' ~ wanted, code='COPY') -%}
  {{ run_hooks(post_hooks) }}
  {%- do apply_grants(target_relation, config.get('grants')) -%}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}

{# Copies tables over a table (`table`) or behind its rows (`incremental`). #}
{% macro bigquery__copy_table(source, destination, materialization) -%}
  {%- set places = [] -%}
  {%- for relation in ([source] if source.identifier is defined else source) -%}
    {%- do places.append({'database': relation.database, 'schema': relation.schema, 'identifier': relation.identifier}) -%}
  {%- endfor -%}
  {%- do adapter.operation('copy_table', destination, {'sources': places, 'append': materialization == 'incremental'}) -%}
{%- endmacro %}

{% macro bigquery__can_clone_table() -%}
    {{ return(True) }}
{%- endmacro %}

{# A clone takes partitions and clusters with it, which may be others than those of the table that is there. #}
{% macro bigquery__create_or_replace_clone(this_relation, defer_relation) -%}
    drop table if exists {{ this_relation }};
    create or replace table {{ this_relation }} clone {{ defer_relation }};
{%- endmacro %}
