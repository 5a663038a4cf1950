{%- set a, b = 1, 'two' -%}
{%- set (c, d), e = [3, 4], 5 -%}
{%- set block -%}
  text with {{ a }} and {{ b }}
{%- endset -%}
{%- set loud | upper | trim %}
  filtered block
{% endset -%}
{%- set lines %}
line one
line two
{% endset -%}
{{ cells([('unpack', [a, b, c, d, e]), ('block', block), ('loud', loud), ('lines', lines), ('length', lines | length), ('is_string', block is string)]) }}
