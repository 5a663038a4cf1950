{# Tables and views from queries, and the table materialization. #}

{# Partitions and sorting belong to DuckLake. Here they are checked, and left out with a warning. #}

{% macro duckdb__get_partitioned_by(relation, temporary) -%}
  {%- set given = config.get('partitioned_by') or config.get('partition_by') -%}
  {{ return(none if temporary else _lake_only(relation, given, 'partitioned_by/partition_by')) }}
{%- endmacro %}

{% macro duckdb__get_sorted_by(relation, temporary) -%}
  {%- set given = config.get('sorted_by') or config.get('sort_by') -%}
  {{ return(none if temporary else _lake_only(relation, given, 'sorted_by/sort_by')) }}
{%- endmacro %}

{% macro duckdb__alter_table_set_partitioned_by(relation, partitioned_by) -%}
  alter table {{ relation }} set partitioned by ({{ partitioned_by }});
{%- endmacro %}

{% macro duckdb__alter_table_set_sorted_by(relation, sorted_by) -%}
  alter table {{ relation }} set sorted by ({{ sorted_by }});
{%- endmacro %}

{% macro _lake_only(relation, given, name) -%}
  {%- if not given -%}
    {{ return(none) }}
  {%- endif -%}
  {%- for item in normalize_string_or_list(given, name) if not item | trim -%}
    {%- do exceptions.raise_compiler_error(name ~ ' list values must be non-empty strings') -%}
  {%- endfor -%}
  {%- do adapter.warn_once(name ~ ' is only supported for DuckLake relations; ignoring for ' ~ relation) -%}
  {{ return(none) }}
{%- endmacro %}

{# Older overrides name the last two arguments, which belong to DuckLake. #}
{% macro create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
  {{ return(adapter.dispatch('create_table_as', 'dbt')(
    temporary, relation, compiled_code, language, partitioned_by=partitioned_by, sorted_by=sorted_by
  )) }}
{%- endmacro %}

{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
  {%- if language == 'python' -%}
    {%- set named = relation.include(database=(not temporary), schema=(not temporary)) -%}
    {{ return(py_write_table(temporary, named, compiled_code, partitioned_by=partitioned_by, sorted_by=sorted_by)) }}
  {%- elif language != 'sql' -%}
    {%- do exceptions.raise_compiler_error("A model in `" ~ language ~ "` cannot be built: only SQL and Python models can") -%}
  {%- endif -%}
  {%- set enforced = (config.get('contract') or {}).enforced -%}
  {%- if enforced -%}
    {%- do get_assert_columns_equivalent(compiled_code) -%}
  {%- endif -%}
  {{ config.get('sql_header') or '' }}
  create {{ 'temporary ' if temporary }}table {{ relation.include(database=(not temporary), schema=(not temporary)) }}
  {%- if enforced and not temporary %}
  {{ get_table_columns_and_constraints() }};
  insert into {{ relation }} {{ get_column_names() }} (
    {{ get_select_subquery(compiled_code) }}
  );
  {%- else %}
  as (
    {{ compiled_code }}
  );
  {%- endif -%}
{%- endmacro %}

{# The bracketed names of the declared columns. #}
{% macro get_column_names() -%}
    ({{ default__get_column_names() }})
{%- endmacro %}

{% macro duckdb__create_view_as(relation, sql) -%}
  {%- if (config.get('contract') or {}).enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {{ config.get('sql_header') or '' }}
  create view {{ relation }} as (
    {{ sql }}
  );
{%- endmacro %}

{# Built beside; then, in the same transaction, the old one is dropped and the new one takes its name. A rename of the
   old one would fail where it has indexes. What an interrupted run left is dropped first. Tables with foreign keys are
   made in place. #}
{%- materialization table, adapter='duckdb', supported_languages=['sql', 'python'] -%}

  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set roles = _key_roles(existing) -%}
  {%- set in_place = roles['refers'] -%}
  {%- do duckdb__get_partitioned_by(target_relation, false) -%}
  {%- do duckdb__get_sorted_by(target_relation, false) -%}
  {%- set built = target_relation if in_place else make_intermediate_relation(target_relation) -%}
  {%- set grants = config.get('grants') -%}

  {%- do _drop_leftovers(target_relation) -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- set aside = [] -%}
  {%- if in_place and existing is not none -%}
    {%- set aside = drop_relation_for_rebuild(existing) -%}
  {%- endif -%}
  {%- call statement('main', language=model['language']) -%}
    {{ create_table_as(False, built, compiled_code, model['language']) }}
  {%- endcall -%}
  {%- if not in_place -%}
    {%- set aside = drop_foreign_key_dependents(existing) if roles['is_referred_to'] else [] -%}
    {%- do _swap_into_place(existing, built, target_relation, none) -%}
  {%- endif -%}
  {%- do restore_foreign_key_dependents(aside) -%}
  {%- do create_indexes(target_relation) -%}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do apply_grants(target_relation, grants, should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {%- do adapter.commit() -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}

{# Drops what an interrupted run of this or of an older kind has left beside the relation. #}
{% macro _drop_leftovers(relation) -%}
  {%- do drop_relation_if_exists(load_cached_relation(make_intermediate_relation(relation))) -%}
  {%- do drop_relation_if_exists(load_cached_relation(make_backup_relation(relation, 'table'))) -%}
{%- endmacro %}

{# The existing relation goes and the new one gets its name, in one transaction: a rename of the old one would fail
   where it has indexes. #}
{% macro duckdb__replace_existing(existing, built, target, backup) -%}
  {%- do drop_relation_if_exists(existing) -%}
  {%- do adapter.rename_relation(built, target) -%}
{%- endmacro %}
