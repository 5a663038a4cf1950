{%- set outer = 'before' -%}
{%- set ns = namespace(count=0, last=none, items=[]) -%}
{%- for n in [1, 2, 3] -%}
  {%- set outer = 'inside' -%}
  {%- set ns.count = ns.count + n -%}
  {%- set ns.last = n -%}
  {%- do ns.items.append(n * n) -%}
{%- endfor -%}
{%- if true -%}{%- set from_if = 'leaks' -%}{%- endif -%}
{%- with scoped = 'in with', other = 2 -%}{%- set ns.with_value = scoped ~ other -%}{%- endwith -%}
{{ cells([
  ('outer', outer), ('count', ns.count), ('last', ns.last), ('items', ns.items), ('from_if', from_if),
  ('with', ns.with_value), ('after_with', scoped is defined), ('ns_item', ns['count']),
]) }}
