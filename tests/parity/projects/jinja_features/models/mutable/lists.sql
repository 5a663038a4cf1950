{%- set a = [3, 1] -%}
{%- set alias = a -%}
{%- do a.append(2) -%}
{%- do a.extend([5, 4]) -%}
{%- do a.insert(0, 'first') -%}
{%- set popped = a.pop() -%}
{%- set popped_first = a.pop(0) -%}
{%- set copied = a.copy() -%}
{%- set sliced = a[:] -%}
{%- do a.remove(1) -%}
{%- do a.reverse() -%}
{%- set sorted_later = [3, 1, 2] -%}
{%- do sorted_later.sort() -%}
{%- set down = [3, 1, 2] -%}
{%- do down.sort(reverse=true) -%}
{%- set cleared = [1] -%}
{%- do cleared.clear() -%}
{{ cells([
  ('a', a), ('alias', alias), ('same', a is sameas alias), ('popped', popped), ('popped_first', popped_first), ('copied', copied), ('sliced', sliced),
  ('index', copied.index(2)), ('count', [1, 1, 2].count(1)), ('sorted', sorted_later), ('down', down), ('cleared', cleared), ('append_returns', [].append(1)),
]) }}
