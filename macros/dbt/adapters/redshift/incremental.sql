{# Incremental strategies and snapshots of Redshift. A `delete` takes no alias, a `merge` none for its target. #}

{% macro redshift__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    {%- if unique_key -%}
        {%- set keys = [unique_key] if unique_key is string else unique_key %}
        delete from {{ target }}
        using {{ source }}
        where {% for key in keys %}{{ 'and ' if not loop.first }}{{ source }}.{{ key }} = {{ target }}.{{ key }} {% endfor %}
        {%- for predicate in incremental_predicates or [] %}
            and {{ predicate | replace('DBT_INTERNAL_DEST', target | string) | replace('DBT_INTERNAL_SOURCE', source | string) }}
        {%- endfor %};
    {%- endif %}
    insert into {{ target }} ({{ names }})
    (
        select {{ names }}
        from {{ source }}
    )
{%- endmacro %}

{% macro redshift__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
    {%- if not unique_key -%}
        {%- do exceptions.raise_compiler_error('The strategy merge needs a `unique_key` on Redshift') -%}
    {%- endif -%}
    {%- set names = get_quoted_csv(dest_columns | map(attribute='name')) -%}
    {%- set updated = get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), dest_columns) -%}
    {%- set conditions = [] -%}
    {%- for key in ([unique_key] if unique_key is string else unique_key) -%}
        {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = ' ~ target ~ '.' ~ key) -%}
    {%- endfor -%}
    {%- for predicate in incremental_predicates or [] -%}
        {%- do conditions.append(predicate | replace('DBT_INTERNAL_DEST', target | string)) -%}
    {%- endfor -%}
    {{ config.get('sql_header') or '' }}
    merge into {{ target }}
        using {{ source }} as DBT_INTERNAL_SOURCE
        on {{ conditions | join(' and ') }}
    when matched then update set
        {%- for name in updated %}
        {{ name }} = DBT_INTERNAL_SOURCE.{{ name }}{{ '' if loop.last else ',' }}
        {%- endfor %}
    when not matched then insert ({{ names }})
    values (
        {%- for column in dest_columns %}
        DBT_INTERNAL_SOURCE.{{ adapter.quote(column.name) }}{{ '' if loop.last else ',' }}
        {%- endfor %}
    )
{%- endmacro %}

{# The rows of the batch's time go, and its rows come. #}
{% macro redshift__get_incremental_microbatch_sql(arg_dict) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set batch = model.batch -%}
    {%- set names = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    {%- set conditions = [] -%}
    {%- if batch and batch.event_time_start -%}
        {%- do conditions.append(config.get('event_time') ~ " >= cast('" ~ batch.event_time_start ~ "' as timestamp)") -%}
    {%- endif -%}
    {%- if batch and batch.event_time_end -%}
        {%- do conditions.append(config.get('event_time') ~ " < cast('" ~ batch.event_time_end ~ "' as timestamp)") -%}
    {%- endif -%}
    {%- do conditions.extend(arg_dict.get('incremental_predicates') or []) %}
    delete from {{ target }}
    {{- ' where (' ~ (conditions | join(') and (')) ~ ')' if conditions }};
    insert into {{ target }} ({{ names }})
    (
        select {{ names }}
        from {{ arg_dict['temp_relation'] }}
    )
{%- endmacro %}

{% macro redshift__snapshot_string_as_time(timestamp) -%}
    {{ return("'" ~ timestamp ~ "'::timestamp") }}
{%- endmacro %}

{% macro redshift__snapshot_get_time() -%}
  {{ current_timestamp() }}::timestamp
{%- endmacro %}
