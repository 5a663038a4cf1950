{%- set d = toolbox.query_as_dict('select 1 as "A", 2 as b') -%}
{%- if execute %}
{{ table_of([('keys', d.keys() | list), ('upper', d['A']), ('lower', d.b), ('sorted', d | dictsort)]) }}
{%- endif %}
