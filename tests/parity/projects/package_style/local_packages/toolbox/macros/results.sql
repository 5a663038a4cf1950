{% macro query_as_dict(query) %}
    {{ return(adapter.dispatch('query_as_dict', 'toolbox')(query)) }}
{% endmacro %}

{% macro default__query_as_dict(query) %}
    {%- call statement('query_as_dict', fetch_result=True, auto_begin=false) -%}
        {{ query }}
    {%- endcall -%}
    {% set sql_results = {} %}
    {%- if execute -%}
        {% set table_results = load_result('query_as_dict').table.columns %}
        {% for column_name, column in table_results.items() %}
            {% do sql_results.update({column_name: column.values()}) %}
        {% endfor %}
    {%- endif -%}
    {{ return(sql_results) }}
{% endmacro %}

{% macro single_value(query, default=none) %}
  {%- call statement('single_value', fetch_result=True, auto_begin=false) -%}
    {{ query }}
  {%- endcall -%}
  {%- if execute -%}
    {% set r = load_result('single_value').table.columns[0].values() %}
    {% if r | length == 0 %}
        {% do print('no value') %}
        {{ return(default) }}
    {% else %}
        {{ return(r[0]) }}
    {% endif %}
  {%- endif -%}
  {{ return(default) }}
{% endmacro %}

{% macro rows_as_dicts(query) %}
  {% if not execute %}{{ return([]) }}{% endif %}
  {% set results = run_query(query) %}
  {% set out = [] %}
  {% for row in results.rows %}
    {% set record = {} %}
    {% for key, value in row.items() %}
      {% do record.update({key | lower: value}) %}
    {% endfor %}
    {% do out.append(record) %}
  {% endfor %}
  {% do return(out) %}
{% endmacro %}
