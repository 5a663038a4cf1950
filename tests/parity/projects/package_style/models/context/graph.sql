{%- if execute -%}
{%- set nodes = graph.nodes.values() | selectattr('resource_type', 'equalto', 'seed') | sort(attribute='name') | list -%}
{{ nodes | map(attribute='name') | join(',') }} {{ nodes | map(attribute='unique_id') | list }} {{ graph.sources | length }} {{ graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | map(attribute='config.materialized') | unique | list }} {{ graph.nodes['seed.package_style.orders'].columns }} {{ (graph.nodes.values() | selectattr('name', 'equalto', 'graph') | first).path }}
{%- endif -%}
