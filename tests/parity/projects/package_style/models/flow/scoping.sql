{%- set x = 1 -%}
{%- for i in range(3) -%}{%- set x = x + i -%}{{ x }},{%- endfor -%}{{ x }}
{% if true %}{% set x = 'in if' %}{% endif %}{{ x }}
{% with x = 5, y = x %}{{ x }}{{ y }}{% endwith %}{{ x }}
{% set z %}{% set x = 9 %}{{ x }}{% endset %}{{ z }}{{ x }}
