{% macro collect_freshness(source, loaded_at_field, filter) %}
  {% call statement('freshness', fetch_result=True) %}
    select max({{ loaded_at_field }}) as max_loaded_at, {{ current_timestamp() }} as snapshotted_at from {{ source }}
  {% endcall %}
  {{ return(load_result('freshness').table) }}
{% endmacro %}
