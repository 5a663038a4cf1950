{# Tables and views from queries. A relation is replaced by one statement, `create or replace`, so there is no moment
   without it. #}

{# `table_format: iceberg` and catalogs other than Snowflake's own are refused: their tables would be ordinary ones. #}
{% macro _refuse_other_formats() -%}
  {%- set catalog = config.get('catalog_name') or config.get('catalog') -%}
  {%- if (config.get('table_format') or '') | lower == 'iceberg' or (catalog and (catalog | lower) != 'info_schema') -%}
    {%- do exceptions.raise_compiler_error(
        'Iceberg tables and catalogs of other systems are not there yet. Remove `table_format` and `catalog_name` from '
        ~ model.unique_id ~ ' to build an ordinary table') -%}
  {%- endif -%}
{%- endmacro %}

{# The columns to cluster by, as text; none where the model names none. #}
{% macro _cluster_by() -%}
  {%- set given = config.get('cluster_by') -%}
  {%- if not given -%}
    {{ return(none) }}
  {%- endif -%}
  {{ return(given if given is string else given | join(', ')) }}
{%- endmacro %}

{# Policies and tags that go with tables and views. #}
{% macro _governance() -%}
  {%- if config.get('row_access_policy') %}
    with row access policy {{ config.get('row_access_policy') }}
  {%- endif -%}
  {%- if config.get('table_tag') %}
    with tag ({{ config.get('table_tag') }})
  {%- endif -%}
{%- endmacro %}

{% macro snowflake__create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {%- if language != 'sql' -%}
    {%- do exceptions.raise_compiler_error("A model in `" ~ language ~ "` cannot be built: only SQL models can") -%}
  {%- endif -%}
  {%- do _refuse_other_formats() -%}
  {%- if temporary -%}
    {{ _create_table('temporary ', relation, compiled_code) }}
  {%- else -%}
    {{ _create_table('transient ' if config.get('transient', true) is not false else '', relation, compiled_code, whole=true) }}
  {%- endif -%}
{%- endmacro %}

{# `whole` tables carry grants, policies and clustering; helpers of one run do not. #}
{% macro _create_table(kind, relation, compiled_code, whole=false) -%}
  {%- set enforced = (config.get('contract') or {}).enforced -%}
  {%- set cluster_by = _cluster_by() if whole else none -%}
  {%- if enforced -%}
    {%- do get_assert_columns_equivalent(compiled_code) -%}
  {%- endif -%}
  {%- set query = get_select_subquery(compiled_code) if enforced else compiled_code -%}
  {{ config.get('sql_header') or '' }}
  create or replace {{ kind }}table {{ relation }}
  {%- if enforced %}
    {{ get_table_columns_and_constraints() }}
  {%- endif -%}
  {%- if whole -%}
    {{ ' copy grants' if config.get('copy_grants', false) }}
    {{- ' copy tags' if config.get('copy_tags', false) }}
    {{- _governance() }}
    {{- ' change_tracking = ' ~ config.get('change_tracking') if config.get('change_tracking') is not none }}
  {%- endif %}
  as (
  {%- if cluster_by %}
    select * from (
      {{ query }}
    )
    order by ({{ cluster_by }})
  {%- else %}
    {{ query }}
  {%- endif %}
  );
  {%- if cluster_by %}
  alter table {{ relation }} cluster by ({{ cluster_by }});
    {%- if config.get('automatic_clustering', false) %}
  alter table {{ relation }} resume recluster;
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}

{# Views. #}

{% macro snowflake__create_view_as(relation, sql) -%}
  {{ snowflake__create_view_as_with_temp_flag(relation, sql) }}
{%- endmacro %}

{% macro snowflake__create_view_as_with_temp_flag(relation, sql, is_temporary=False) -%}
  {%- if (config.get('contract') or {}).enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {{ config.get('sql_header') or '' }}
  create or replace {{ 'secure ' if config.get('secure', false) }}{{ 'temporary ' if is_temporary }}view {{ relation }}
  {%- if config.persist_column_docs() and model.columns and not is_temporary %}
  {{ get_persist_docs_column_list(model.columns, get_columns_in_query(sql)) }}
  {%- endif -%}
  {%- if not is_temporary -%}
    {{ ' copy grants' if config.get('copy_grants', false) }}
    {{- _governance() }}
  {%- endif %}
  as (
    {{ sql }}
  );
{%- endmacro %}

{% macro snowflake__get_replace_table_sql(relation, sql) -%}
  {{ snowflake__create_table_as(False, relation, sql) }}
{%- endmacro %}

{% macro snowflake__get_replace_view_sql(relation, sql) -%}
  {{ snowflake__create_view_as(relation, sql) }}
{%- endmacro %}

{# `create or replace` replaces relations of its own kind only. #}
{% macro _drop_other_kinds(existing, kind) -%}
  {%- if existing is not none and existing.type != kind -%}
    {%- do log('Dropping ' ~ existing ~ ': it is a ' ~ existing.type ~ ', and a ' ~ kind ~ ' is to be built') -%}
    {%- do adapter.drop_relation(existing) -%}
  {%- endif -%}
{%- endmacro %}

{%- materialization table, adapter='snowflake' -%}

  {%- set session = _enter_session() -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- do _drop_other_kinds(existing, 'table') -%}
  {%- call statement('main') -%}
    {{ create_table_as(False, target_relation, compiled_code) }}
  {%- endcall -%}

  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh_mode=True)) -%}
  {%- do persist_docs(target_relation, model) -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {%- do _leave_session(session) -%}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}

{%- materialization view, adapter='snowflake' -%}

  {%- set session = _enter_session() -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='view') -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- if existing is not none and not existing.is_view -%}
    {%- do handle_existing_table(should_full_refresh(), existing) -%}
  {%- endif -%}
  {%- call statement('main') -%}
    {{ get_create_view_as_sql(target_relation, sql) }}
  {%- endcall -%}
  {%- set was_view = existing is not none and existing.is_view -%}
  {%- do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(was_view, full_refresh_mode=True)) -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {#- Columns are described where the view is made. -#}
  {%- do persist_docs(target_relation, model, for_columns=false) -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {%- do _leave_session(session) -%}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}

{# Snapshots, seeds and tests are built as everywhere, in the session that the node asks for. #}

{%- materialization snapshot, adapter='snowflake' -%}
  {%- set session = _enter_session() -%}
  {%- set made = materialization_snapshot_default() -%}
  {%- do _leave_session(session) -%}
  {{ return(made) }}
{%- endmaterialization -%}

{%- materialization seed, adapter='snowflake' -%}
  {%- set session = _enter_session() -%}
  {%- set made = materialization_seed_default() -%}
  {%- do _leave_session(session) -%}
  {{ return(made) }}
{%- endmaterialization -%}

{%- materialization test, adapter='snowflake' -%}
  {%- set session = _enter_session() -%}
  {%- set made = materialization_test_default() -%}
  {%- do _leave_session(session) -%}
  {{ return(made) }}
{%- endmaterialization -%}
