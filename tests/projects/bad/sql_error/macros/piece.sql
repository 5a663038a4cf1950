{% macro bad_piece() %}
  selekt 2
{% endmacro %}
