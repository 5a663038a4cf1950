{%- set table = run_query('select id, name, amount, day from ' ~ ref('numbers') ~ ' order by id limit 1') -%}
{%- if execute -%}
{{ cells([('row', table.rows[0]), ('row_dict', table.rows[0].dict()), ('row_values', table.rows[0].values()), ('list_of_values', table.rows[0].values() | list), ('amount', table.rows[0].amount)]) }}
{%- else -%}
select '' as label, '' as value
{%- endif -%}
