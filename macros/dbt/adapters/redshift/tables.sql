{# Tables and views of Redshift: distribution, sorting, backup, late binding. #}

{% macro redshift__create_table_as(temporary, relation, sql) -%}
  {%- set enforced = (config.get('contract') or {}).enforced and not temporary -%}
  {%- do _redshift_check_name(relation) -%}
  {%- if enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {%- set sorting = config.get('sort') -%}
  {{ config.get('sql_header') or '' }}
  create {{ 'temporary ' if temporary }}table {{ relation.include(database=(not temporary), schema=(not temporary)) }}
  {%- if enforced %}
  {{ get_table_columns_and_constraints() }}
  {%- endif %}
  {{- ' backup no' if config.get('backup') is false and not temporary }}
  {{- redshift_dist(config.get('dist')) }}
  {{- redshift_sort(config.get('sort_type'), [sorting] if sorting is string else sorting) }}
  {%- if enforced %};
  insert into {{ relation.include(database=(not temporary), schema=(not temporary)) }} (
    {{ get_select_subquery(sql) }}
  );
  {%- else %}
  as (
    {{ sql }}
  );
  {%- endif -%}
{%- endmacro %}

{# The clause of distribution: a style's name, or a column. #}
{% macro redshift_dist(dist) -%}
  {%- if dist is not none and dist is not undefined -%}
    {%- set word = dist | trim | lower -%}
    {{ ' diststyle ' ~ word if word in ['all', 'even', 'auto'] else ' diststyle key distkey (' ~ word ~ ')' }}
  {%- endif -%}
{%- endmacro %}

{# The clause of sorting. #}
{% macro redshift_sort(sort_type, sort) -%}
  {%- if sort_type and sort_type not in ['auto', 'compound', 'interleaved'] -%}
    {%- do exceptions.raise_compiler_error('`sort_type` is `' ~ sort_type ~ '`: use auto, compound or interleaved') -%}
  {%- elif sort_type == 'auto' -%}
    {%- if sort -%}
      {%- do exceptions.raise_compiler_error('`sort` names columns, and `sort_type: auto` takes none') -%}
    {%- endif -%}
    {{ ' sortkey auto' }}
  {%- elif sort -%}
    {{ ' ' ~ (sort_type or 'compound') ~ ' sortkey (' ~ (sort | join(', ')) ~ ')' }}
  {%- endif -%}
{%- endmacro %}

{% macro redshift__create_view_as(relation, sql) -%}
  {%- do _redshift_check_name(relation) -%}
  {%- if (config.get('contract') or {}).enforced -%}
    {%- do get_assert_columns_equivalent(sql) -%}
  {%- endif -%}
  {{ config.get('sql_header') or '' }}
  create view {{ relation }} as (
    {{ sql }}
  ){{ ' with no schema binding' if config.get('bind') is false }};
{%- endmacro %}

{% macro _redshift_check_name(relation) -%}
  {%- if relation.identifier | length > 127 -%}
    {%- do exceptions.raise_compiler_error(
        "Relation name '" ~ relation.identifier ~ "' is longer than 127 characters") -%}
  {%- endif -%}
{%- endmacro %}

{% macro _redshift_beside(base_relation, suffix) -%}
  {{ return(base_relation.incorporate(path={'identifier': base_relation.identifier[:127 - (suffix | length)] ~ suffix})) }}
{%- endmacro %}

{% macro redshift__make_intermediate_relation(base_relation, suffix) -%}
  {{ return(_redshift_beside(base_relation, suffix)) }}
{%- endmacro %}

{% macro redshift__make_temp_relation(base_relation, suffix) -%}
  {%- set stamp = modules.datetime.datetime.now().strftime('%H%M%S%f') -%}
  {{ return(_redshift_beside(base_relation, suffix ~ stamp).incorporate(path={'schema': none, 'database': none})) }}
{%- endmacro %}

{% macro redshift__make_backup_relation(base_relation, backup_relation_type, suffix) -%}
  {{ return(_redshift_beside(base_relation, suffix).incorporate(type=backup_relation_type)) }}
{%- endmacro %}

{# There are no indexes. #}
{% macro redshift__create_indexes(relation) -%}
{%- endmacro %}

{% macro redshift__get_show_grant_sql(relation) -%}
  select grantee.usename as grantee, privileges.name as privilege_type
  from pg_user as grantee
  cross join (
    select 'select' as name union all select 'insert' union all select 'update' union all select 'delete'
    union all select 'references'
  ) as privileges
  where has_table_privilege(grantee.usename, '{{ relation.include(database=False) }}', privileges.name)
    and grantee.usename <> current_user
    and not grantee.usesuper
{%- endmacro %}

{# What stands on a relation goes with it, unless the profile says that nothing does. #}
{% macro _redshift_drop(kind, relation) -%}
  drop {{ kind }} if exists {{ relation.render() }}{{ ' cascade' if not target.get('drop_without_cascade') }}
{%- endmacro %}

{% macro redshift__drop_table(relation) -%}
  {{ _redshift_drop('table', relation) }}
{%- endmacro %}

{% macro redshift__drop_view(relation) -%}
  {{ _redshift_drop('view', relation) }}
{%- endmacro %}

{% macro redshift__drop_materialized_view(relation) -%}
  {{ _redshift_drop('materialized view', relation) }}
{%- endmacro %}

{# A column of a view has no comment. #}
{% macro redshift__persist_docs(relation, model, for_relation, for_columns) -%}
  {%- if for_relation and config.persist_relation_docs() and model.description -%}
    {%- do run_query(alter_relation_comment(relation, model.description)) -%}
  {%- endif -%}
  {%- if for_columns and config.persist_column_docs() and model.columns and relation.is_table -%}
    {%- do run_query(alter_column_comment(relation, model.columns)) -%}
  {%- endif -%}
{%- endmacro %}

{# Comments in quotes: Redshift has no dollar quotes. #}
{% macro redshift__alter_relation_comment(relation, comment) -%}
  comment on {{ relation.type | replace('_', ' ') }} {{ relation }} is '{{ comment | replace("\\", "\\\\") | replace("'", "''") }}';
{%- endmacro %}

{% macro redshift__alter_column_comment(relation, column_dict) -%}
  {%- set existing = get_list_of_column_names(adapter.get_columns_in_relation(relation)) -%}
  {%- for name, column in column_dict.items() if name | lower in existing %}
    comment on column {{ relation }}.{{ adapter.quote(name) if column['quote'] else name }} is '{{ column['description'] | replace("\\", "\\\\") | replace("'", "''") }}';
  {%- endfor -%}
{%- endmacro %}

{# Columns are added one by one. #}
{% macro redshift__alter_relation_add_remove_columns(relation, add_columns, remove_columns) -%}
  {%- for column in add_columns or [] -%}
    {%- do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' add column ' ~ adapter.quote(column.name) ~ ' ' ~ column.expanded_data_type) -%}
  {%- endfor -%}
  {%- for column in remove_columns or [] -%}
    {%- do run_query('alter ' ~ relation.type ~ ' ' ~ relation ~ ' drop column ' ~ adapter.quote(column.name)) -%}
  {%- endfor -%}
{%- endmacro %}
