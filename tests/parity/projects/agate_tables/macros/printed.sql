{# `dbt run-operation printed`: what agate writes to the terminal. #}
{% macro printed() %}
  {%- set t = sales() -%}
  {%- do t.print_table() -%}
  {%- do t.print_table(max_rows=2, max_columns=2, max_column_width=4) -%}
  {%- do t.print_structure() -%}
  {%- do t.print_csv() -%}
  {%- do t.print_json(newline=true) -%}
  {%- do t.print_html(max_rows=3) -%}
  {%- do t.print_html(max_columns=2, max_column_width=4) -%}
  {%- do t.pivot('region').print_bars('region') -%}
  {%- do t.pivot('region').print_bars('region', 'Count', width=60, printable=true) -%}
  {%- do t.print_bars('region', 'amount') -%}
  {%- do t.print_bars('product', 'amount', width=80, domain=[0, 200]) -%}
  {%- set signed = run_query("select * from (values ('a', -12.5), ('b', 30.25), ('c', 0), ('d', null)) t(name, n)") -%}
  {%- do signed.print_bars('name', 'n', width=70) -%}
  {%- do signed.where(is_negative).print_bars('name', 'n', width=50, printable=true) -%}
  {%- set small = run_query("select * from (values ('a', 0.0125), ('b', 0.03)) t(name, n)") -%}
  {%- do small.print_bars('name', 'n', width=50) -%}
  {%- do small.bins('n', 4).print_table() -%}
  {%- do t.group_by('region').print_structure() -%}
  {%- do t.to_csv('target/shown/sales.csv') -%}
  {%- do t.to_json('target/shown/sales.json') -%}
  {%- do small.to_json('target/shown/small.json', key='name', indent=1) -%}
  {%- do t.to_json('target/shown/sales.jsonl', newline=true) -%}
  {%- do t.print_json(indent=2) -%}
{% endmacro %}

{% macro is_negative(row) %}{{ return((row['n'] or 0) < 0) }}{% endmacro %}
