select
  {{ 1 }} as a, {{ 1.50 }} as b, {{ true }} as c, '{{ none }}' as d,
  {{ [1, 2, 3] }} as e, {{ (1, 2) }} as f, {{ "'x'" }} as g,
  '{{ undefined_variable }}' as h, '{{ {"a": 1} | length }}' as i
where 1 in {{ (1, 2) }} and 'a' in {{ ('a', 'b') }}
