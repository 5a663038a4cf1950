{#- Returns the declared traits of persons and groups, each once: name → type. The same on every database. -#}
{% macro nexus_trait_types() -%}
  {%- set types = {} -%}
  {%- for traits in nexus.nexus_config('traits').values() -%}
    {%- do types.update(traits) -%}
  {%- endfor -%}
  {{ return(types) }}
{%- endmacro %}


{#- Returns the names of the declared traits, as nexus_entities has them. The same on every database. -#}
{% macro nexus_trait_columns() -%}
  {{ return(nexus.nexus_trait_types().keys() | list) }}
{%- endmacro %}


{#- Renders one row an entity with a column for each declared trait. A value that does not fit the declared type is
    null here and stays in the long table. relation: nexus_resolved_entity_traits. By database: the cast. -#}
{% macro nexus_pivot_traits(relation) -%}
select
    entity_id,
    {%- for name, type in nexus.nexus_trait_types().items() %}
    {%- set value = 'max(case when trait_name = ' ~ nexus.nexus_text_literal(name) ~ ' then trait_value end)' %}
    {% if type == 'text' %}{{ value }}{% else %}{{ nexus.nexus_try_cast(value, type) }}{% endif %} as {{ name }},
    {%- endfor %}
    max(occurred_at) as traits_updated_at,
    max(_ingested_at) as traits_ingested_at
from {{ relation }}
group by entity_id
{%- endmacro %}
