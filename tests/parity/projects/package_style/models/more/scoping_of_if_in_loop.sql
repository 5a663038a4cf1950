{%- set flag = 'outer' -%}
{%- for i in range(2) -%}
{%- if i == 0 -%}{%- set flag = 'inner' ~ i -%}{%- endif -%}{{ flag }};
{%- endfor -%}{{ flag }}
{%- if true %}{% set late = 'set in if' %}{% endif %}{{ late }}
{%- for i in [1] %}{% set only_here = 1 %}{% endfor %}{{ only_here is defined }}
