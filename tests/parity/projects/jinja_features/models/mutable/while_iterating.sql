{%- set grouped = {} -%}
{%- for row in [('x', 1), ('y', 2), ('x', 3)] -%}
  {%- if row[0] not in grouped -%}{%- do grouped.update({row[0]: []}) -%}{%- endif -%}
  {%- do grouped[row[0]].append(row[1]) -%}
{%- endfor -%}
{%- set _ = grouped.update({'z': grouped.get('x', []) + [9]}) -%}
{{ cells([('grouped', grouped), ('set_underscore', _), ('total', grouped.values() | map('sum') | sum)]) }}
