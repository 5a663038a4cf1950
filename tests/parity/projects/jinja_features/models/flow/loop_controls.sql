{%- set seen = [] -%}
{%- for n in range(10) -%}
  {%- if n % 2 -%}{%- continue -%}{%- endif -%}
  {%- if n > 6 -%}{%- break -%}{%- endif -%}
  {%- do seen.append(n) -%}
{%- endfor -%}
{{ cell('seen', seen) }}
