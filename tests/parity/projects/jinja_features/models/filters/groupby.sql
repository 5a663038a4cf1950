{%- set rows = [{'k': 'b', 'v': 1}, {'k': 'a', 'v': 2}, {'k': 'B', 'v': 3}, {'k': 'b', 'v': 4}] -%}
{%- set out = [] -%}
{%- for group in rows | groupby('k') -%}{%- do out.append((group.grouper, group.list | map(attribute='v') | list)) -%}{%- endfor -%}
{%- set sensitive = [] -%}
{%- for key, items in rows | groupby('k', case_sensitive=true) -%}{%- do sensitive.append(key ~ ':' ~ items | length) -%}{%- endfor -%}
{%- set defaulted = [] -%}
{%- for key, items in [{'a': 1}, {}] | groupby('a', default=0) -%}{%- do defaulted.append([key, items]) -%}{%- endfor -%}
{{ cells([('groups', out), ('sensitive', sensitive), ('defaulted', defaulted)]) }}
