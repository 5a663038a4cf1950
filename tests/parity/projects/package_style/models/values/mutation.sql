{%- set l = [3, 1, 2] -%}{%- set d = {'a': 1} -%}
{%- do l.append(4) -%}{%- do l.insert(0, 9) -%}{%- do l.extend([5, 6]) -%}{%- do l.remove(1) -%}
{%- do d.update({'b': 2}, c=3) -%}{%- do d.setdefault('e', []).append(1) -%}
{%- set popped = [l.pop(), l.pop(0), d.pop('a'), d.pop('zz', 'none')] -%}
{%- set copy = l.copy() -%}{%- do copy.append('c') -%}
{%- do l.sort(reverse=true) -%}
{{ l }} {{ d }} {{ popped }} {{ copy }} {{ l.index(3) }} {{ l.count(2) }} {{ d.keys() | list }} {{ d.get('q', 'dq') }} {{ d | length }} {{ dict(d, z=1) }} {{ dict([('k', 'v')]) }} {% do l.reverse() %}{{ l }} {{ d.items() | list }}
