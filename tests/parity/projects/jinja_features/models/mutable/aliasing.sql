{%- set shared = [] -%}
{%- set record = {} -%}
{%- do mutates(shared, record) -%}
{{ mutates(shared, record) }}
{%- set rows = [[]] * 2 -%}
{%- do rows[0].append('both') -%}
{%- set inner = {'k': []} -%}
{%- set outer = [inner, inner] -%}
{%- do outer[0]['k'].append(1) -%}
{%- for item in outer -%}{%- do item.k.append(loop.index) -%}{%- endfor -%}
{{ cells([('shared', shared), ('record', record), ('rows', rows), ('outer', outer), ('inner', inner)]) }}
