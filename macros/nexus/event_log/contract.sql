{#- Returns the columns of one part of the source contract, name → type. part: as nexus_source_parts.
    The same on every database. -#}
{% macro nexus_contract(part) -%}
  {%- set contracts = {
      'events': {
          'event_id': 'text', 'occurred_at': 'timestamp', 'event_name': 'text', 'event_type': 'text', 'event_description': 'text',
          'significance': 'number', 'source': 'text', 'source_table': 'text', '_ingested_at': 'timestamp'
      },
      'entity_identifiers': {
          'entity_identifier_id': 'text', 'event_id': 'text', 'edge_id': 'text', 'entity_type': 'text', 'identifier_type': 'text',
          'identifier_value': 'text', 'role': 'text', 'source': 'text', 'occurred_at': 'timestamp', '_ingested_at': 'timestamp'
      },
      'entity_traits': {
          'entity_trait_id': 'text', 'event_id': 'text', 'entity_type': 'text', 'identifier_type': 'text', 'identifier_value': 'text',
          'trait_name': 'text', 'trait_value': 'text', 'source': 'text', 'occurred_at': 'timestamp', '_ingested_at': 'timestamp'
      },
      'relationship_declarations': {
          'relationship_declaration_id': 'text', 'event_id': 'text', 'occurred_at': 'timestamp',
          'entity_a_identifier': 'text', 'entity_a_identifier_type': 'text', 'entity_a_type': 'text', 'entity_a_role': 'text',
          'entity_b_identifier': 'text', 'entity_b_identifier_type': 'text', 'entity_b_type': 'text', 'entity_b_role': 'text',
          'relationship_type': 'text', 'relationship_direction': 'text', 'is_active': 'boolean', 'source': 'text', '_ingested_at': 'timestamp'
      },
      'event_measurements': {
          'event_measurement_id': 'text', 'event_id': 'text', 'measurement_name': 'text', 'value': 'number', 'value_unit': 'text',
          'occurred_at': 'timestamp', 'source': 'text', '_ingested_at': 'timestamp'
      },
      'event_dimensions': {
          'event_dimension_id': 'text', 'event_id': 'text', 'dimension_name': 'text', 'dimension_value': 'text',
          'occurred_at': 'timestamp', 'source': 'text', '_ingested_at': 'timestamp'
      },
      'states': {
          'state_entry_id': 'text', 'event_id': 'text', 'entity_type': 'text', 'identifier_type': 'text', 'identifier_value': 'text',
          'state_name': 'text', 'state_value': 'text', 'occurred_at': 'timestamp', 'source': 'text', '_ingested_at': 'timestamp'
      }
  } -%}
  {{ return(contracts[part]) }}
{%- endmacro %}


{#- Renders one part of the contract of all enabled sources as one table, cast to the contract's types; an
    empty table of the same columns where no source has the part. part: as nexus_source_parts.
    The same on every database. -#}
{% macro nexus_union_sources(part) -%}
  {%- set models = [] -%}
  {%- for name in nexus.nexus_sources_with(part) -%}
    {%- do models.append(name ~ '_' ~ part) -%}
  {%- endfor -%}
  {{ nexus.nexus_union(models, nexus.nexus_contract(part)) }}
{%- endmacro %}


{#- Renders a select of typed columns without a row. columns: name → type. The same on every database. -#}
{% macro nexus_empty_rows(columns) -%}
select
    {%- for column, type in columns.items() %}
    cast(null as {{ nexus.nexus_type(type) }}) as {{ column }}{% if not loop.last %},{% endif %}
    {%- endfor %}
from (select 1 as one) as nothing
where 1 = 0
{%- endmacro %}


{#- Renders the rows of several models one after another, columns by name. models: names of models, or relations.
    columns: names that each has, or name → type, which casts them and makes the empty list of models an empty table.
    The same on every database. -#}
{% macro nexus_union(models, columns) -%}
  {%- for model in models %}
select
    {%- for column in columns %}
    {% if columns is mapping %}cast({{ column }} as {{ nexus.nexus_type(columns[column]) }}) as {{ column }}{% else %}{{ column }}{% endif %}{% if not loop.last %},{% endif %}
    {%- endfor %}
from {{ ref(model) if model is string else model }}
{%- if not loop.last %}

union all
{% endif %}
  {%- endfor %}
  {%- if models | length == 0 %}
    {%- if columns is not mapping -%}
      {{ exceptions.raise_compiler_error('nexus_union: there is no model to take columns from; give the columns with their types, {"event_id": "text"}') }}
    {%- endif %}
{{ nexus.nexus_empty_rows(columns) }}
  {%- endif %}
{%- endmacro %}
