{%- set table = run_query('select id, name, amount, active, day from ' ~ ref('numbers') ~ ' order by id') -%}
{%- if execute -%}
{%- set ids = table.columns[0].values() -%}
{%- set pairs = [] -%}
{%- for row in table.rows -%}{%- do pairs.append((row[0], row['name'], row.values() | length)) -%}{%- endfor -%}
{%- set keyed = [] -%}
{%- for row in table -%}{%- do keyed.append(row.id) -%}{%- endfor -%}
{{ cells([
  ('ids', ids), ('ids_list', ids | list), ('by_name', table.columns['name'].values()), ('names', table.column_names), ('length', table.rows | length), ('pairs', pairs), ('columns', table.columns | length), ('row_keys', table.rows[0].keys()), ('column_name', table.columns[1].name),
  ('first_amount', table.columns['amount'][0]), ('booleans', table.columns['active'].values() | list), ('days', table.columns[4].values()), ('day', table.rows[0]['day']), ('null', table.rows[2]['amount']), ('values_distinct', table.columns['active'].values_distinct() | length), ('select', table.select(['id']).column_names), ('without_nulls', table.columns['amount'].values_without_nulls()), ('plus', table.rows[0]['amount'] + 1), ('sum', table.columns['id'].values() | sum), ('print', table.print_table() is none), ('row_get', table.rows[0].get('nope', 'd')),
]) }}
{%- else -%}
select '' as label, '' as value
{%- endif -%}
