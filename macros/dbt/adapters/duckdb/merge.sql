{# The strategy merge, in dbt-duckdb's two forms: a few simple settings (merge_update_columns, …), or whole lists of
   clauses under merge_clauses. #}

{% macro duckdb__get_incremental_merge_sql(args_dict) -%}
  {{ return(duckdb__get_merge_sql(
    args_dict['target_relation'], args_dict['temp_relation'], args_dict['unique_key'],
    args_dict['dest_columns'], args_dict.get('incremental_predicates')
  )) }}
{%- endmacro %}

{% macro duckdb__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
    {%- do validate_merge_config(config, target) -%}
    {%- set defaults = merge_clause_defaults(
        config.get('merge_update_condition'),
        config.get('merge_insert_condition'),
        config.get('merge_update_columns') or [],
        config.get('merge_exclude_columns') or [],
        config.get('merge_update_set_expressions') or {}
    ) -%}
    {%- set given = config.get('merge_clauses') or {} -%}
    {%- set explicit = config.get('merge_update_columns') or config.get('merge_exclude_columns')
        or config.get('merge_update_set_expressions') -%}
    {%- set matched = given.get('when_matched') or [
        defaults['when_matched_update_explicit' if explicit else 'when_matched_update_by_name']] -%}
    {%- set unmatched = given.get('when_not_matched') or [defaults['when_not_matched_insert_by_name']] -%}
    {%- set returned = config.get('merge_returning_columns') or [] -%}
    {{ config.get('sql_header') or '' }}
    merge into {{ target }} as DBT_INTERNAL_DEST
    using {{ source }} as DBT_INTERNAL_SOURCE
    {{ duckdb__merge_join_clause(
        unique_key, config.get('merge_on_using_columns'), normalize_incremental_predicates(incremental_predicates)) }}
    {%- for clause in matched %}
    when matched {{ _merge_condition(clause) }} then {{ _merge_action(clause, dest_columns) }}
    {%- endfor %}
    {%- for clause in unmatched %}
    when not matched {{ 'by ' ~ clause['by'] if clause.get('by') }} {{ _merge_condition(clause) }} then {{ _merge_action(clause, dest_columns) }}
    {%- endfor %}
    {%- if returned %}
    returning {{ returned if (returned is string) else returned | join(', ') }}
    {%- endif %}
{% endmacro %}

{# `using` with columns, or `on` with the keys' equality; predicates are joined to either. #}
{% macro duckdb__merge_join_clause(unique_key, merge_on_using_columns, incremental_predicates) -%}
    {%- set conditions = [] -%}
    {%- if not merge_on_using_columns -%}
        {%- for key in ([unique_key] if (unique_key is string) else unique_key or []) -%}
            {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
        {%- endfor -%}
        {%- if not conditions -%}
            {%- do conditions.append('FALSE') -%}
        {%- endif -%}
    {%- endif -%}
    {%- do conditions.extend(incremental_predicates or []) -%}
    {{ 'using (' ~ (merge_on_using_columns | join(', ')) ~ ')' if merge_on_using_columns }}
    {{ 'on (' ~ (conditions | join(') and (')) ~ ')' if conditions }}
{%- endmacro %}

{% macro merge_clause_defaults(
    merge_update_condition, merge_insert_condition,
    merge_update_columns=[], merge_exclude_columns=[], merge_update_set_expressions={}
) -%}
    {{ return({
        'when_matched_update_by_name': {
            'action': 'update', 'mode': 'by_name', 'condition': merge_update_condition
        },
        'when_not_matched_insert_by_name': {
            'action': 'insert', 'mode': 'by_name', 'condition': merge_insert_condition
        },
        'when_matched_update_explicit': {
            'action': 'update', 'mode': 'explicit', 'condition': merge_update_condition,
            'update': {
                'include': merge_update_columns,
                'exclude': merge_exclude_columns,
                'set_expressions': merge_update_set_expressions
            }
        }
    }) }}
{%- endmacro %}

{% macro _merge_condition(clause) -%}
    {%- set condition = clause.get('condition') -%}
    {{ 'and ' ~ (condition if (condition is string) else '(' ~ (condition | join(') and (')) ~ ')') if condition }}
{%- endmacro %}

{% macro _merge_action(clause, dest_columns) -%}
    {%- set action, mode = clause.get('action'), clause.get('mode') -%}
    {%- set modes = {'by_name': 'by name', 'by_position': 'by position'} -%}
    {%- if action == 'update' and mode in modes -%}
        update {{ modes[mode] }}
    {%- elif action == 'update' and mode == 'star' -%}
        update set *
    {%- elif action == 'update' -%}
        update set {{ _merge_assignments(clause, dest_columns) | join(', ') }}
    {%- elif action == 'insert' and mode in modes -%}
        insert {{ modes[mode] }}
    {%- elif action == 'insert' and mode == 'star' -%}
        insert *
    {%- elif action == 'insert' -%}
        {%- set parts = clause.get('insert') or {} -%}
        insert ({{ parts.get('columns', []) | join(', ') }}) values ({{ parts.get('values', []) | join(', ') }})
    {%- elif action == 'delete' -%}
        delete
    {%- elif action == 'do_nothing' -%}
        do nothing
    {%- elif action == 'error' -%}
        error {{ "'" ~ (clause['error_message'] | replace("'", "''")) ~ "'" if clause.get('error_message') }}
    {%- else -%}
        {%- do exceptions.raise_compiler_error(
            "`" ~ action ~ "` is no action of a merge clause: use update, insert, delete, do_nothing or error") -%}
    {%- endif -%}
{%- endmacro %}

{# `column = expression` for each set expression, then `column = source's column` for the rest. #}
{% macro _merge_assignments(clause, dest_columns) -%}
    {%- set parts = clause.get('update') or {} -%}
    {%- set expressions = parts.get('set_expressions') or clause.get('set_expressions') or {} -%}
    {%- set assignments = [] -%}
    {%- for column, expression in expressions.items() -%}
        {%- do assignments.append(column ~ ' = ' ~ expression) -%}
    {%- endfor -%}
    {%- if clause.get('mode') == 'explicit' -%}
        {%- set names = get_merge_update_columns(parts.get('include', []), parts.get('exclude', []), dest_columns) -%}
        {%- for name in names if name | replace('"', '') not in expressions -%}
            {%- do assignments.append(name ~ ' = DBT_INTERNAL_SOURCE.' ~ name) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(assignments) }}
{%- endmacro %}
