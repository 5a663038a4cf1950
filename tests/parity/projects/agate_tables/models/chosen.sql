{%- set t = sales() -%}
{%- if execute %}
/*
{{ shown('all', t) }}
{{ shown('select one', t.select('region')) }}
{{ shown('select two', t.select(['amount', 'region'])) }}
{{ shown('exclude', t.exclude(['amount', 'nothing'])) }}
{{ shown('exclude one', t.exclude('region')) }}
{{ shown('rename list', t.rename(['a', 'b', 'c', 'd', 'e'])) }}
{{ shown('rename dict', t.rename({'region': 'Big Region'})) }}
{{ shown('rename twice', t.rename({'region': 'product'})) }}
{{ shown('slugs', t.rename({'region': 'Big Region!', 'product': "It's  Here"}, slug_columns=true)) }}
{{ shown('slugs by dash', t.rename({'region': 'Big Region!'}, slug_columns=true, separator='-')) }}
{{ shown('row names', t.rename(row_names=['r1', 'r2', 'r3', 'r4', 'r5'])) }}
{{ t.rename(row_names=['r1', 'r2', 'r3', 'r4', 'r5']).rows['r2']['product'] }} {{ t.rename(row_names=['r1', 'r2', 'r3', 'r4', 'r5'])['r4'].values() }}
{{ shown('row names limited', t.rename(row_names=['r1', 'r2', 'r3', 'r4', 'r5']).limit(1, 4, 2)) }}
{{ shown('row names ordered', t.rename(row_names=['r1', 'r2', 'r3', 'r4', 'r5']).order_by('amount', reverse=true)) }}
{{ shown('row names where', t.rename(row_names=['r1', 'r2', 'r3', 'r4', 'r5']).where(is_large)) }}
{{ shown('limit', t.limit(2)) }}
{{ shown('limit from', t.limit(1, 3)) }}
{{ shown('limit back', t.limit(-2, 5)) }}
{{ shown('where', t.where(is_large)) }}
{{ t.find(is_large).values() }}
{{ shown('order', t.order_by('amount')) }}
{{ shown('order two', t.order_by(['region', 'amount'])) }}
{{ shown('order by function', t.order_by(first_letter, reverse=true)) }}
{{ shown('distinct one', t.distinct('region')) }}
{{ shown('distinct many', t.distinct(['region'])) }}
{{ shown('distinct by function', t.distinct(first_letter)) }}
{{ shown('distinct rows', t.select(['region', 'product']).distinct()) }}
*/
{%- endif %}
select 1 as id
