{%- set ns = namespace(found=false, total=0, seen=[], last=none) -%}
{%- for x in [3, 1, 4, 1, 5, 9, 2, 6] -%}
  {%- if x in ns.seen -%}{%- continue -%}{%- endif -%}
  {%- do ns.seen.append(x) -%}
  {%- set ns.total = ns.total + x -%}
  {%- set ns.last = x -%}
  {%- if x == 9 -%}{%- set ns.found = true -%}{%- break -%}{%- endif -%}
{%- endfor -%}
{{ ns.found }} {{ ns.total }} {{ ns.seen }} {{ ns.last }}
