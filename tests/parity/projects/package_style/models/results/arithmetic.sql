-- depends_on: {{ ref('orders') }}
{%- if execute -%}
{%- set t = run_query("select avg(amount) as mean, sum(amount) as total, count(*) as n, 1.5::decimal(10,3) as d, 0.1::double as f, 1e20::double as big, 7::hugeint as h from " ~ ref('orders')) -%}
{%- set r = t.rows[0] -%}
{{ table_of([('mean', r.mean), ('total', r.total), ('n', r['n']), ('mixed', r.total + r.n), ('div', r.total / r.n), ('ratio', 100 * r.d / 3), ('floor', r.total // 2), ('mod', r.total % 7), ('neg', -r.d), ('rounded', r.mean | round(2)), ('int', r.total | int), ('float', r.total | float), ('text', r.f ~ '/' ~ r.big), ('h', r.h + 1), ('gt', r.total > 100), ('eq', r.d == 1.5), ('in', 7 in [r.h]), ('max', [r.d, r.f, 2] | max), ('sorted', [r.d, r.f, 1] | sort), ('fmt', '{:,.2f} {:.1f} {:>8}'.format(r.total, r.mean, r.d)), ('pct', '%.2f %s %d' % (r.total, r.d, r.total)), ('abs', (-r.d) | abs), ('bool', r.d and true), ('power', r.d ** 2), ('sum', [r.d, r.d] | sum), ('is_number', [r.d is number, r.d is integer, r.d is float]), ('repr', [r.d, r.f, r.mean]), ('types', t.column_names)]) }}
{%- endif -%}
