{%- set t = sales() -%}
{%- if execute %}
{%- set g = t.group_by('region') -%}
/*
{{ g.keys() }} {{ g | length }} {{ g.key_name }} {{ g.column_names }}
{{ g }}
{%- for name, table in g.items() %}
{{ shown(name, table) }}
{%- endfor %}
{{ shown('of one', g['north']) }}
{{ shown('by place', g[1]) }}
{{ shown('merge', g.merge()) }}
{{ shown('merge named', g.merge(['x', 'y', 'z'], 'letter')) }}
{{ shown('limited', g.limit(1).merge()) }}
{{ shown('chosen', g.select(['amount']).merge()) }}
{{ shown('filtered', g.where(is_large).merge()) }}
{{ shown('ordered', g.order_by('amount', reverse=true).merge()) }}
{{ shown('by function', t.group_by(first_letter).merge()) }}
{{ shown('by named function', t.group_by(first_letter, key_name='letter').merge()) }}
{{ shown('of truths', t.group_by('is_paid').merge()) }}
{{ g.values() | length }} {{ g.get('nothing') }} {{ g.group_by('product')['north'].keys() }}
*/
{%- endif %}
select 1 as id
