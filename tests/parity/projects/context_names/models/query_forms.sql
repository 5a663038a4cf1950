{%- set q = run_query('select * from ' ~ ref('people') ~ ' order by id') -%}
{% if execute %}{{ q.columns[1].values() }} {{ q.rows[0]['name'] }} {{ q.rows | map(attribute='name') | list }} {{ q.rows | map(attribute=0) | list }} {{ q.columns | length }} {{ q.rows[1].born }} {{ q.column_names | join(',') }}{% endif %}
{%- call statement('s', fetch_result=true) %}select max(id) as m from {{ ref('people') }}{% endcall -%}
{%- if execute %} {{ load_result('s').data }} {{ load_result('nope') }}{% endif %}
{%- do store_result('own', response='resp', agate_table=none) %} {{ load_result('own').response }} {{ load_result('own2') }}
{%- do store_raw_result('raw', message='msg', code='OK', rows_affected='3', agate_table=none) %} {{ load_result('raw').response.code }} {{ load_result('main') is none }}
