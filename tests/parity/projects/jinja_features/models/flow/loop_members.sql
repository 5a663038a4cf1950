{% set words = ['x', 'y', 'y', 'z'] %}
{%- for word in words %}
select '{{ word }}' as word, {{ loop.index }} as idx, {{ loop.index0 }} as idx0, {{ loop.revindex }} as rev, {{ loop.revindex0 }} as rev0,
  {{ loop.first }} as is_first, {{ loop.last }} as is_last, {{ loop.length }} as len, '{{ loop.cycle("odd", "even") }}' as parity,
  '{{ loop.previtem }}' as previous, '{{ loop.nextitem }}' as following, {{ loop.changed(word) }} as changed, {{ loop.depth }} as depth, {{ loop.depth0 }} as depth0
{%- if not loop.last %} union all{% endif -%}
{% endfor %}
