{# The table as it stood on each of three days: a changed name, a row that goes and comes back, a new one, a new column. #}
{{ config(materialized='table') }}
{% set rows = {
    1: [(1, 'a', 'ann', 10, '2024-01-01'), (2, 'a', 'bob', 20, '2024-01-01'), (3, 'b', 'cid', none, '2024-01-01')],
    2: [(1, 'a', 'anna', 10, '2024-01-02'), (3, 'b', 'cid', 30, '2024-01-01'), (4, 'b', 'dan', 40, '2024-01-02')],
    3: [(1, 'a', 'anna', 10, '2024-01-02'), (2, 'a', 'bob', 20, '2024-01-03'), (3, 'b', 'cid', none, '2024-01-03'), (4, 'b', 'dan', 41, '2024-01-02')]
} %}
{% for id, team, name, points, at in rows[var('day')] %}
select {{ id }} as id, '{{ team }}' as team, '{{ name }}' as name, {{ points if points is not none else 'null::int' }} as points, timestamp '{{ at }}' as changed_at
    {%- if var('day') > 1 %}, 'extra {{ id }}' as more{% endif %}
{{ 'union all' if not loop.last }}
{% endfor %}
