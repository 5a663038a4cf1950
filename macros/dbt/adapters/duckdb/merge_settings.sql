{# Whether the settings of the strategy merge fit: each check adds what is wrong to a list, and one error tells it all. #}

{% macro validate_merge_config(config, target_relation=none) -%}
  {%- set errors = [] -%}
  {%- set basic = {
    'merge_update_condition': 'string', 'merge_insert_condition': 'string',
    'merge_on_using_columns': 'sequence', 'merge_update_columns': 'sequence',
    'merge_update_set_expressions': 'mapping', 'merge_exclude_columns': 'sequence',
    'merge_returning_columns': 'sequence'
  } -%}
  {%- for name, kind in basic.items() -%}
    {%- if kind == 'string' -%}
      {%- do validate_string_field(config.get(name), name, errors) -%}
    {%- elif kind == 'sequence' -%}
      {%- do validate_string_list_field(config.get(name), name, errors) -%}
    {%- else -%}
      {%- do validate_dict_field(config.get(name), name, errors) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- do validate_merge_clauses(config, basic, errors) -%}
  {%- if not errors -%}
    {%- do validate_ducklake_restrictions(config, target_relation, errors) -%}
  {%- endif -%}
  {%- if errors -%}
    {%- do exceptions.raise_compiler_error('MERGE configuration errors:\n' ~ (errors | join('\n'))) -%}
  {%- endif -%}
{%- endmacro %}

{%- macro validate_string_field(field_value, field_name, errors) -%}
  {%- if field_value is not none and field_value is not string -%}
    {%- do errors.append(field_name ~ ' must be a string, found: ' ~ field_value) -%}
  {%- endif -%}
{%- endmacro -%}

{%- macro validate_string_list_field(field_value, field_name, errors) -%}
  {%- if field_value is none -%}
  {%- elif field_value is string or field_value is mapping or field_value is not sequence -%}
    {%- do errors.append(field_name ~ ' must be a list, found: ' ~ field_value) -%}
  {%- else -%}
    {%- for item in field_value if item is not string -%}
      {%- do errors.append(field_name ~ ' must contain only string values, found: ' ~ item) -%}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro -%}

{%- macro validate_dict_field(field_value, field_name, errors) -%}
  {%- if field_value is not none and field_value is not mapping -%}
    {%- do errors.append(field_name ~ ' must be a dictionary, found: ' ~ field_value) -%}
  {%- endif -%}
{%- endmacro -%}

{# `merge_clauses` says all that a merge does; simple settings beside it would be ignored without a word. #}
{%- macro validate_merge_clauses(config, base_configuration_fields, errors) -%}
  {%- set clauses = config.get('merge_clauses') -%}
  {%- if clauses is not none and clauses is not mapping -%}
    {%- do errors.append('merge_clauses must be a dictionary, found: ' ~ clauses) -%}
  {%- elif clauses is not none -%}
    {%- set given = ['when_matched', 'when_not_matched'] | select('in', clauses) | list -%}
    {%- if not given -%}
      {%- do errors.append("merge_clauses must contain at least one of 'when_matched' or 'when_not_matched'") -%}
    {%- endif -%}
    {%- for name in given -%}
      {%- do validate_merge_clause_list(clauses, name, errors) -%}
    {%- endfor -%}
    {%- set ignored = [] -%}
    {%- for name, kind in base_configuration_fields.items() -%}
      {%- set value = config.get(name) -%}
      {%- if name not in ['merge_on_using_columns', 'merge_returning_columns'] and value is not none
          and (kind == 'string' or value | length > 0) -%}
        {%- do ignored.append('`' ~ name ~ '`') -%}
      {%- endif -%}
    {%- endfor -%}
    {%- if ignored -%}
      {%- do errors.append(
          'with merge_clauses, the basic merge configurations will be ignored: remove ' ~ (ignored | join(', '))) -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro -%}

{%- macro validate_merge_clause_list(merge_clauses, clause_type, errors) -%}
  {%- set clauses = merge_clauses.get(clause_type) -%}
  {%- if clauses is string or clauses is mapping or clauses is not sequence or not clauses -%}
    {%- do errors.append('merge_clauses.' ~ clause_type ~ ' must be a list, and not an empty one') -%}
  {%- else -%}
    {%- for clause in clauses if clause is not mapping -%}
      {%- do errors.append('merge_clauses.' ~ clause_type ~ ': elements must be dictionaries, found: ' ~ clause) -%}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro -%}

{# DuckLake returns no rows of a merge, and takes one update or delete in it. #}
{%- macro validate_ducklake_restrictions(config, target_relation, errors) -%}
  {%- if target_relation and adapter.is_ducklake(target_relation) -%}
    {%- if config.get('merge_returning_columns') -%}
      {%- do errors.append('DuckLake cannot return rows of a merge: remove merge_returning_columns') -%}
    {%- endif -%}
    {%- set clauses = config.get('merge_clauses') or {} -%}
    {%- set changes = (clauses.get('when_matched', []) + clauses.get('when_not_matched', []))
        | selectattr('action', 'defined') | selectattr('action', 'in', ['update', 'delete']) | list -%}
    {%- if changes | length > 1 -%}
      {%- do errors.append('DuckLake takes one update or delete in a merge, and merge_clauses has ' ~ (changes | length)) -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro -%}
