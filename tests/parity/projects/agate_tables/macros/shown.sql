{# What a table is: names, types as the database has them, names of rows, cells. #}
{% macro shown(title, table) %}
{{ title }}: {{ table.column_names }} [{% for n in table.column_names %}{{ adapter.convert_type(table, loop.index0) }} {% endfor %}] rows {{ table.row_names }}
{%- for row in table.rows %}
  {{ row.values() }}
{%- endfor %}
{% endmacro %}

{% macro sales() %}
{{ return(run_query("
  select * from (values
    ('north', 'a', 10.5::decimal(10,2), date '2024-01-01', true),
    ('south', 'b', 2.25, date '2024-01-02', false),
    ('north', 'b', null, date '2024-02-01', null),
    (null, 'a', 7, null, true),
    ('south', 'b', 100, date '2023-01-01', true)
  ) t(region, product, amount, sold_on, is_paid)")) }}
{% endmacro %}

{% macro first_letter(row) %}{{ return(row['region'][:1] if row['region'] else none) }}{% endmacro %}
{% macro is_large(row) %}{{ return((row['amount'] or 0) > 5) }}{% endmacro %}
{% macro default_row(missing) %}{{ return([missing[0], 'made', 0, none, false]) }}{% endmacro %}
