{%- set sql -%}
    select
    {%- for c in ['a', 'b'] %}
        {{ c }}{{ "," if not loop.last else "" }}
    {%- endfor %}
    from t
{%- endset -%}
{{ sql | replace('\n', ' ') | replace('  ', ' ') }} -- {{ sql.split() | join(' ') }} -- {{ sql | length }} {{ sql | wordcount }}
{{ "a" ~ none ~ 1.0 ~ true ~ [1] }} {{ 'x' ~ ('y' if false) ~ 'z' }}
