select 1 as a

  {% if true %}
  , 2 as b
  {% endif %}

  {%- if true %}
  , 3 as c
  {%- endif %}

  {% if true -%}
  , 4 as d
  {% endif -%}

  , 5 as e
  {{- ', 6 as f' -}}
  {# comment #}
  {#- comment -#}
  , 7 as g
  {%- set x = 1 %}
  {% set y = 2 -%}
  , 8 as h
  {%+ if true %}
  , 9 as i
  {%+ endif %}
  {% do [].append(1) %}
  {%- do [].append(1) -%}
  , 10 as j
  {% for n in [11, 12] %}
  , {{ n }} as n{{ n }}
  {% endfor %}
  {%- for n in [13, 14] -%}
  , {{ n }} as n{{ n }}
  {%- endfor -%}
  {% raw -%}  , 15 as k  {%- endraw %}
  {%- call(v, i) each([16]) -%}  , {{ v }} as l {% endcall %}



