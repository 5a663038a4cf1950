{% for name in ['base_model', 'alpha_model'] -%}
select '{{ name }}' as name, count(*) as n from {{ ref(name) }}
{%- if not loop.last %} union all {% endif %}
{% endfor %}
