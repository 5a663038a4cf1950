{% materialization view, adapter='duckdb' %}
  {% set target = this.incorporate(type='view') %}
  {% call statement('main') %}
    create or replace view {{ target }} as ({{ sql }})
  {% endcall %}
  {% do adapter.commit() %}
  {{ return({'relations': [target]}) }}
{% endmaterialization %}
