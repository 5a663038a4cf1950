-- depends_on: {{ ref('numbers') }}
{% call statement('counted', fetch_result=True) %}
  select count(*) as n, max(id) as top from {{ ref('numbers') }}
{% endcall %}
{%- call statement(name='unused', fetch_result=False, auto_begin=False) -%} select 1 {%- endcall -%}
{% call noop_statement('made_up', 'SELECT 5') %}select 5{% endcall %}
{%- set result = load_result('counted') -%}
{%- set made_up = load_result('made_up') -%}
{%- if execute -%}
{{ cells([('data', result['data']), ('first', result.data[0][1]), ('table', result.table.columns['n'].values()), ('response', result.response is string), ('missing', load_result('nope')), ('made_up', made_up.response)]) }}
{%- else -%}
select '' as label, '' as value
{%- endif -%}
