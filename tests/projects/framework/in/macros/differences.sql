{#- Renders the rows that only one of two tables has. found, expected: names of CTEs or relations. columns: list. -#}
{% macro differences(found, expected, columns) -%}
select 'found only' as side, {{ columns | join(', ') }}
from (select {{ columns | join(', ') }} from {{ found }} except all select {{ columns | join(', ') }} from {{ expected }}) as only_found
union all
select 'expected only' as side, {{ columns | join(', ') }}
from (select {{ columns | join(', ') }} from {{ expected }} except all select {{ columns | join(', ') }} from {{ found }}) as only_expected
{%- endmacro %}
