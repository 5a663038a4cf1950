{%- set out = [] -%}
{%- for n in [1, 2, 3, 4] if n is even -%}{%- do out.append((n, loop.index, loop.length)) -%}{%- endfor -%}
{%- for n in [] -%}{%- do out.append('body') -%}{%- else -%}{%- do out.append('else branch') -%}{%- endfor -%}
{%- for k, v in {'b': 1, 'a': 2}.items() -%}{%- do out.append(k ~ v) -%}{%- endfor -%}
{%- for k in {'b': 1, 'a': 2} -%}{%- do out.append(k) -%}{%- endfor -%}
{%- for (a, b), c in [((1, 2), 3)] -%}{%- do out.append([a, b, c]) -%}{%- endfor -%}
{%- for ch in 'abc' -%}{%- do out.append(ch) -%}{%- endfor -%}
{{ cell('out', out) }}
