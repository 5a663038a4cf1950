a {%- if true -%} b {%- endif -%} c
a {% if true %} b {% endif %} c
{%- set x = 1 %}
  {#- comment -#}
  d
{{- ' e' -}}
   f
{%+ if true %}g{% endif +%}
h
{% for i in [1, 2] -%}
   i{{ i }}
{%- endfor %}
{% raw -%} {{ x }} {%- endraw %}
   {%- if false %}never{% else %}
else branch
{%- endif %}
tail
