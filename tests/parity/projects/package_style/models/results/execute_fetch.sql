{%- if execute -%}
{%- set response, table = adapter.execute('select 3 as n', fetch=True) -%}
{{ table_of([('n', table.rows[0].n), ('response', response)]) }}
{%- endif -%}
