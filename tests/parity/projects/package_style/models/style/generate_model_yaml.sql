-- depends_on: {{ ref('orders') }}
{%- set yaml = [] -%}
{%- do yaml.append('version: 2') -%}
{%- do yaml.append('') -%}
{%- do yaml.append('models:') -%}
{%- for m in ['orders'] -%}
  {%- do yaml.append('  - name: ' ~ m | lower) -%}
  {%- do yaml.append('    description: ""') -%}
  {%- do yaml.append('    columns:') -%}
  {%- for column in (adapter.get_columns_in_relation(ref(m)) if execute else []) -%}
    {%- do yaml.append('      - name: ' ~ column.name | lower) -%}
    {%- do yaml.append('        data_type: ' ~ (column.data_type | lower)) -%}
    {%- do yaml.append('        description: ' ~ ({} .get(column.name, '') | tojson)) -%}
  {%- endfor -%}
{%- endfor -%}
{% set joined = yaml | join ('\n') %}
{{ joined }}
