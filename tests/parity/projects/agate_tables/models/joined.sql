{%- set t = sales() -%}
{%- set r = run_query("select * from (values ('north', 'N', 1), ('east', 'E', 2), ('north', 'M', 3)) t(region, product, rank)") -%}
{%- if execute %}
/*
{{ shown('left', t.join(r, 'region')) }}
{{ shown('inner', t.join(r, 'region', inner=true)) }}
{{ shown('outer', t.join(r, 'region', full_outer=true)) }}
{{ shown('two keys', t.join(r, ['region', 'product'], ['region', 'product'])) }}
{{ shown('columns', t.join(r, 'region', 'region', columns=['rank'])) }}
{{ shown('columns with key', t.join(r, 'region', 'region', columns=['rank', 'region'])) }}
{{ shown('by place', t.join(r)) }}
{{ shown('by function', t.join(r, first_letter, first_letter)) }}
{{ shown('row names', t.rename(row_names=['r1', 'r2', 'r3', 'r4', 'r5']).join(r, 'region')) }}
{{ shown('merge', t.merge([r.select(['region', 'product']), t.select(['product', 'amount'])])) }}
{{ shown('merge some', t.merge([r, t], column_names=['region', 'amount'])) }}
{{ shown('merge named', t.merge([r.limit(2), r.limit(1)], row_names='product')) }}
*/
{%- endif %}
select 1 as id
