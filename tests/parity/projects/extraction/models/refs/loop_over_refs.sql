{% for relation in [ref('base_model'), source('raw_things', 'numbers')] -%}
select id from {{ relation }}{{ ' union all ' if not loop.last }}
{%- endfor %}
