{%- set acc = [] -%}
{%- for i in range(3) -%}{%- do acc.append({'i': i, 'sq': i ** 2}) -%}{%- endfor -%}
{{ acc }} {{ acc | map(attribute='sq') | list }} {%- do acc.pop() -%} {{ acc | length }} {% set _ = acc.append('via set') %}{{ acc[-1] }} {{ acc.append('x') }} {{ acc | length }} {% if acc.append('y') %}never{% endif %}{{ acc | length }}
