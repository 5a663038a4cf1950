{# Contracts: columns that are fields of structures are declared as `a.b`, and gathered into one column. #}

{# Declared columns with the fields of structures in their parents' types, by name; `constraints` as rendered. #}
{% macro bigquery__nest_column_data_types(columns, constraints=none) -%}
  {%- set tree = {} -%}
  {%- for name, column in columns.items() -%}
    {%- set rest = (constraints or {}).get(name, '') -%}
    {%- set kind = (column['data_type'] or '') ~ (' ' ~ rest if rest else '') -%}
    {%- do _place_column(tree, column['name'].split('.'), kind, column) -%}
  {%- endfor -%}
  {%- set out = {} -%}
  {%- for name, branch in tree.items() -%}
    {%- do out.update({name: dict(branch.column or {}, name=name, data_type=_nested_type(branch))}) -%}
  {%- endfor -%}
  {{ return(out) }}
{%- endmacro %}

{% macro _place_column(tree, path, kind, column) -%}
  {%- if path[0] not in tree -%}
    {%- do tree.update({path[0]: {'kind': '', 'column': none, 'fields': {}}}) -%}
  {%- endif -%}
  {%- if path | length == 1 -%}
    {%- do tree[path[0]].update({'kind': kind, 'column': column}) -%}
  {%- else -%}
    {%- do _place_column(tree[path[0]]['fields'], path[1:], kind, column) -%}
  {%- endif -%}
{%- endmacro %}

{# The type of a column: its own, or a structure of its fields; `array` as the parent's own type makes it repeated. #}
{% macro _nested_type(branch) -%}
  {%- if not branch.fields -%}
    {{ return(branch.kind) }}
  {%- endif -%}
  {%- set parts = [] -%}
  {%- for name, inner in branch.fields.items() -%}
    {%- do parts.append(name ~ ' ' ~ _nested_type(inner)) -%}
  {%- endfor -%}
  {%- set structure = 'struct<' ~ (parts | join(', ')) ~ '>' -%}
  {%- set words = branch.kind.split(' ') -%}
  {%- set more = ' ' ~ (words[1:] | join(' ')) if words | length > 1 else '' -%}
  {{ return(('array<' ~ structure ~ '>' if words[0] | lower == 'array' else structure) ~ more) }}
{%- endmacro %}

{% macro bigquery__get_empty_schema_sql(columns) -%}
    {%- set untyped = [] -%}
    {%- for column in columns.values() if not column['data_type'] -%}
      {%- do untyped.append(column['name']) -%}
    {%- endfor -%}
    {%- if untyped -%}
      {{ exceptions.column_type_missing(column_names=untyped) }}
    {%- endif -%}
    {{ return(default__get_empty_schema_sql(bigquery__nest_column_data_types(columns))) }}
{%- endmacro %}

{% macro bigquery__get_column_names() -%}
  {%- for column in bigquery__nest_column_data_types(model['columns']).values() -%}
    {{ adapter.quote(column['name']) if column.get('quote') else column['name'] }}{{ '' if loop.last else ', ' }}
  {%- endfor -%}
{%- endmacro %}

{# Keys are kept by BigQuery and not held; `not null` is held; other constraints are not there. #}
{% macro bigquery__get_table_columns_and_constraints() -%}
    {%- set words = {} -%}
    {%- for name, column in model['columns'].items() -%}
      {%- set kept = [] -%}
      {%- for constraint in column.get('constraints') or [] -%}
        {%- set type = constraint.type | string -%}
        {%- if type == 'not_null' -%}
          {%- do kept.append('not null') -%}
        {%- elif type == 'primary_key' -%}
          {%- do kept.append('primary key not enforced') -%}
        {%- elif type == 'foreign_key' -%}
          {%- do kept.append('references ' ~ (constraint.get('to') ~ ' (' ~ (constraint.to_columns | join(', ')) ~ ')'
              if constraint.get('to') else constraint.expression) ~ ' not enforced') -%}
        {%- elif type in ['check', 'unique'] and constraint.get('warn_unsupported', true) -%}
          {%- do exceptions.warn("BigQuery has no constraint `" ~ type ~ "`: it is left out of " ~ this) -%}
        {%- endif -%}
      {%- endfor -%}
      {%- do words.update({name: kept | join(' ')}) -%}
    {%- endfor -%}
    {%- set lines = [] -%}
    {%- for column in bigquery__nest_column_data_types(model['columns'], words).values() -%}
      {%- do lines.append((adapter.quote(column['name']) if column.get('quote') else column['name']) ~ ' ' ~ column['data_type']) -%}
    {%- endfor -%}
    {%- for constraint in model['constraints'] or [] -%}
      {%- set type = constraint.type | string -%}
      {%- set named = 'constraint ' ~ constraint.name ~ ' ' if constraint.get('name') else '' -%}
      {%- if type == 'primary_key' -%}
        {%- do lines.append('primary key (' ~ (constraint.columns | join(', ')) ~ ') not enforced') -%}
      {%- elif type == 'foreign_key' -%}
        {%- set refers = constraint.get('to') ~ ' (' ~ (constraint.to_columns | join(', ')) ~ ')'
            if constraint.get('to') else constraint.expression -%}
        {%- do lines.append(named ~ 'foreign key (' ~ (constraint.columns | join(', ')) ~ ') references ' ~ refers ~ ' not enforced') -%}
      {%- elif constraint.get('warn_unsupported', true) -%}
        {%- do exceptions.warn("BigQuery has no constraint `" ~ type ~ "`: it is left out of " ~ this) -%}
      {%- endif -%}
    {%- endfor %}
    (
    {{ lines | join(',\n    ') }}
    )
{%- endmacro %}
