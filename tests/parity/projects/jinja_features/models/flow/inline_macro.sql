{#- dbt renames a macro that a model defines, so it cannot be called by its name; defining it is allowed. -#}
{% macro local_helper(x) %}[{{ x }}]{% endmacro -%}
select {{ local_helper is defined }} as by_its_name, '{{ dbt_macro__local_helper("b") }}' as by_dbts_name
