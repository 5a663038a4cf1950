{#- Renders the entities of one type with their declared traits. entity_type: `person` or `group`. id_column: how
    the entity id is called. The same on every database. -#}
{% macro nexus_entity_view(entity_type, id_column) -%}
select
    entity_id as {{ id_column }},
    {%- for name in nexus.nexus_config('traits')[entity_type] %}
    {{ name }},
    {%- endfor %}
    identifiers,
    first_seen_at,
    last_seen_at,
    traits_updated_at,
    _ingested_at
from {{ ref('nexus_entities') }}
where entity_type = '{{ entity_type }}'
{%- endmacro %}
