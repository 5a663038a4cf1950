{% macro seen_columns(relation) %}
  {% for column in adapter.get_columns_in_relation(relation) %}{{ log(column.name ~ ' ' ~ column.data_type ~ ' ' ~ column.dtype, info=true) }}{% endfor %}
{% endmacro %}
