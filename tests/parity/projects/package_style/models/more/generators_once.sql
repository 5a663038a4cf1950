{%- set names = ['b', 'a'] | map('upper') -%}
{{ names | join(',') }}|{{ names | join(',') }}|{% for n in names %}{{ n }}{% endfor %}
{%- set z = zip([1, 2], [3, 4]) %}
{{ z | list }} {{ z | list }}
{%- set s = [1, 2, 3] | select('gt', 1) -%}
{% if 2 in s %}yes{% endif %} {{ s | list }}
{%- set u = [1, 1, 2] | unique %} {{ u | list | length }} {{ u | list | length }}
{%- set d = {'a': 1}.items() %} {{ d | list }} {{ d | list }}
{%- set r = [1, 2] | reverse %} {{ r | list }} {{ r | list }}
{%- set b = [1, 2, 3] | batch(2) %} {{ b | list }} {{ b | list }}
