{# a comment with {{ braces }} and {% tags %} #}
{#- trimmed comment -#}
select '{% raw %}{{ not rendered }} {% if %}{% endraw %}' as raw_text, -- {# comment in SQL comment #}
  /* {{ "rendered in a block comment" }} */
  '{%- raw -%}   trimmed   {%- endraw -%}' as raw_trimmed
