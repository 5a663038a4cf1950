{% macro who_am_i() %}alpha{% endmacro %}

{% macro only_in_alpha(x='d') %}alpha only {{ x }}{% endmacro %}

{% macro calls_sibling() %}{{ alpha.only_in_alpha('sibling') }} / {{ who_am_i() }}{% endmacro %}
