{#- Renders identifiers, one row each, from a model with one column an identifier. A null is no identifier and gives no
    row; an empty text gives one, which identity resolution puts into quarantine. Values stay as delivered: nexus_entity_identifiers
    normalises them and keeps both forms. Equal values of one type are one row, whichever columns held them.
    model_name: the model. columns: its identifier columns. edge_id_field: column or expression that all
    identifiers of one occurrence of one entity share; where it is null the row's identifiers are linked to nothing. entity_type: `person`,
    `group` or another of `vars: nexus: entity_types`, part of the edge, so that a person and a group never meet. role_column: column or
    none. additional_columns: columns to keep, `expression as name` allowed. column_to_identifier_type: where
    the column is named otherwise. id_additional_columns: more parts of the row id. The same on every database. -#}
{% macro unpivot_identifiers(model_name, columns=[], additional_columns=[], event_id_field='event_id', edge_id_field='edge_id',
                             column_to_identifier_type={}, role_column=none, entity_type='person', id_additional_columns=[]) -%}
with occurrences as (
  {%- for column in columns %}
  {%- set identifier_type = nexus.nexus_text_literal(column_to_identifier_type.get(column, column)) %}
    select
        {{ nexus.create_nexus_id('entity_identifier', [event_id_field, edge_id_field, role_column, "'" ~ entity_type ~ "'", identifier_type, column] + id_additional_columns) }} as entity_identifier_id,
        {{ event_id_field }} as event_id,
        case when {{ edge_id_field }} is not null
            then {{ nexus.create_nexus_id('entity_edge', [edge_id_field, "'" ~ entity_type ~ "'"]) }} end as edge_id,
        '{{ entity_type }}' as entity_type,
        {{ identifier_type }} as identifier_type,
        cast({{ column }} as {{ dbt.type_string() }}) as identifier_value,
        {{ role_column if role_column is not none else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as role
        {%- for kept in additional_columns %},
        {{ kept }}
        {%- endfor %}
    from {{ ref(model_name) }}
    where {{ column }} is not null
  {%- if not loop.last %}

    union all
  {% endif %}
  {%- endfor %}
)

select distinct
    entity_identifier_id,
    event_id,
    edge_id,
    entity_type,
    identifier_type,
    identifier_value,
    role
    {%- for kept in additional_columns %},
    {{ nexus.nexus_column_name(kept) }}
    {%- endfor %}
from occurrences
{%- endmacro %}


{#- Renders traits, one row each, from a model with one column a trait. A null is no statement and gives no
    row. model_name, columns, additional_columns, event_id_field, entity_type: as unpivot_identifiers. identifier_column: the
    column that names the entity, of type identifier_type (the column's name where it is not given).
    column_to_trait_name: where the column is named otherwise. The same on every database. -#}
{% macro unpivot_traits(model_name, columns=[], identifier_column='', identifier_type=none, entity_type='person', additional_columns=[],
                        column_to_trait_name={}, event_id_field='event_id', id_additional_columns=[]) -%}
{%- set type = nexus.nexus_text_literal(identifier_type or identifier_column) -%}
with statements as (
  {%- for column in columns %}
  {%- set trait_name = nexus.nexus_text_literal(column_to_trait_name.get(column, column)) %}
    select
        {{ nexus.create_nexus_id('entity_trait', [event_id_field, "'" ~ entity_type ~ "'", type, identifier_column, trait_name, column] + id_additional_columns) }} as entity_trait_id,
        {{ event_id_field }} as event_id,
        '{{ entity_type }}' as entity_type,
        {{ type }} as identifier_type,
        cast({{ identifier_column }} as {{ dbt.type_string() }}) as identifier_value,
        {{ trait_name }} as trait_name,
        cast({{ column }} as {{ dbt.type_string() }}) as trait_value
        {%- for kept in additional_columns %},
        {{ kept }}
        {%- endfor %}
    from {{ ref(model_name) }}
    where {{ column }} is not null and {{ identifier_column }} is not null
  {%- if not loop.last %}

    union all
  {% endif %}
  {%- endfor %}
)

select distinct
    entity_trait_id,
    event_id,
    entity_type,
    identifier_type,
    identifier_value,
    trait_name,
    trait_value
    {%- for kept in additional_columns %},
    {{ nexus.nexus_column_name(kept) }}
    {%- endfor %}
from statements
{%- endmacro %}


{#- Returns how a column of a select list is called: what stands after the last ` as `, else after the last dot.
    The same on every database. -#}
{% macro nexus_column_name(column) -%}
  {%- if ' as ' in column -%}
    {{ return((column.split(' as ') | last) | trim) }}
  {%- endif -%}
  {{ return((column.split('.') | last) | trim) }}
{%- endmacro %}
