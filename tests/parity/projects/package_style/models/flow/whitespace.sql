with a as (
    {% for t in ['x', 'y'] -%}
        select '{{ t }}'
        {%- if not loop.last %}
        union all
        {% endif %}
    {% endfor %}
)
{#- gone -#}
select * from a {# stays #} where 1 = 1
    {%- if var('flag_on') %}
    and flag
    {%- endif %}
{% raw %}{{ not rendered }}{% endraw %}
