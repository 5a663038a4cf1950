{%- call statement('a', fetch_result=True) -%}select 1 as x, 'y' as z{%- endcall -%}
{%- set r = load_result('a') -%}
{%- if execute %}
{{ table_of([('data', r['data']), ('data_attr', r.data[0][1]), ('table', r.table.columns.x.values()), ('response', r.response), ('names', r['table'].column_names), ('again', load_result('missing') is none)]) }}
{%- endif %}
