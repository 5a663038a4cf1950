{%- set out = [] -%}
{%- for x in [none, 0, 1, '', 'a', [], [0], {}, 0.0] -%}
  {%- if x is none -%}{%- do out.append('none') -%}
  {%- elif x is string -%}{%- do out.append('string ' ~ ('full' if x else 'empty')) -%}
  {%- elif x is number and not x -%}{%- do out.append('zero') -%}
  {%- elif not x -%}{%- do out.append('falsy') -%}
  {%- else -%}{%- do out.append('truthy') -%}
  {%- endif -%}
{%- endfor -%}
{{ cell('branches', out) }}
