{%- for x in ['a', 'b', 'b', 'c'] %}
{{ loop.index }} {{ loop.index0 }} {{ loop.revindex }} {{ loop.revindex0 }} {{ loop.first }} {{ loop.last }} {{ loop.length }} {{ loop.cycle('odd', 'even') }} {{ loop.previtem | default('-') }} {{ loop.nextitem | default('-') }} {{ loop.changed(x) }}
{%- else %}none{% endfor %}
