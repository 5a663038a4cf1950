-- {% call(x) each_once([3, 1, 3, 2, 1]) %}({{ x * 2 }}){% endcall %} {{ letters('abc') }}
{% set sum = namespace(value=0) -%}
{% for x in range(20) if sum.value < 10 -%}
  {% set sum.value = sum.value + x -%}
  select {{ x }} as id union all
{% endfor -%}
select {{ sum.value }} as id
