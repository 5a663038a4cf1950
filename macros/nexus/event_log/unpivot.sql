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
{%- set types = [] -%}
{%- for column in columns -%}
  {%- do types.append(column_to_identifier_type.get(column, column)) -%}
{%- endfor -%}
with occurrences as (
  {%- for column in columns %}
  {%- set identifier_type = nexus.nexus_text_literal(types[loop.index0]) %}
  {%- set event, edge, role, value = nexus.nexus_said('event', event_id_field), nexus.nexus_said('edge', edge_id_field), nexus.nexus_said('role', role_column), nexus.nexus_said('value', column) %}
  {%- set more = nexus.nexus_said_all(id_additional_columns) %}
    select
        {{ nexus.create_nexus_id('entity_identifier', [event, edge, role, "'" ~ entity_type ~ "'", identifier_type, value] + more) }} as entity_identifier_id,
        {{ event }} as event_id,
        case when {{ edge }} is not null
            then {{ nexus.create_nexus_id('entity_edge', [edge, "'" ~ entity_type ~ "'"]) }} end as edge_id,
        '{{ entity_type }}' as entity_type,
        {{ identifier_type }} as identifier_type,
        cast({{ value }} as {{ dbt.type_string() }}) as identifier_value,
        {{ role if role is not none else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as role
        {%- for kept in additional_columns %},
        {{ nexus.nexus_column_name(kept) }}
        {%- endfor %}
    from (
        select distinct
            {{ event_id_field }} as {{ event }},
            {{ edge_id_field }} as {{ edge }},
            {%- if role is not none %}
            {{ role_column }} as {{ role }},
            {%- endif %}
            {%- for expression in id_additional_columns %}
            {{ expression }} as {{ more[loop.index0] }},
            {%- endfor %}
            {%- for kept in additional_columns %}
            {{ kept }},
            {%- endfor %}
            {{ column }} as {{ value }}
        from {{ ref(model_name) }}
        where {{ column }} is not null
    ) as said
  {%- if not loop.last %}

    union all
  {% endif %}
  {%- endfor %}
)

select{% if types | unique | list | length < types | length %} distinct{% endif %}
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
{%- set names = [] -%}
{%- for column in columns -%}
  {%- do names.append(column_to_trait_name.get(column, column)) -%}
{%- endfor -%}
with statements as (
  {%- for column in columns %}
  {%- set trait_name = nexus.nexus_text_literal(names[loop.index0]) %}
  {%- set event, identifier, value = nexus.nexus_said('event', event_id_field), nexus.nexus_said('identifier', identifier_column), nexus.nexus_said('value', column) %}
  {%- set more = nexus.nexus_said_all(id_additional_columns) %}
    select
        {{ nexus.create_nexus_id('entity_trait', [event, "'" ~ entity_type ~ "'", type, identifier, trait_name, value] + more) }} as entity_trait_id,
        {{ event }} as event_id,
        '{{ entity_type }}' as entity_type,
        {{ type }} as identifier_type,
        cast({{ identifier }} as {{ dbt.type_string() }}) as identifier_value,
        {{ trait_name }} as trait_name,
        cast({{ value }} as {{ dbt.type_string() }}) as trait_value
        {%- for kept in additional_columns %},
        {{ nexus.nexus_column_name(kept) }}
        {%- endfor %}
    from (
        select distinct
            {{ event_id_field }} as {{ event }},
            {{ identifier_column }} as {{ identifier }},
            {%- for expression in id_additional_columns %}
            {{ expression }} as {{ more[loop.index0] }},
            {%- endfor %}
            {%- for kept in additional_columns %}
            {{ kept }},
            {%- endfor %}
            {{ column }} as {{ value }}
        from {{ ref(model_name) }}
        where {{ column }} is not null and {{ identifier_column }} is not null
    ) as said
  {%- if not loop.last %}

    union all
  {% endif %}
  {%- endfor %}
)

select{% if names | unique | list | length < names | length %} distinct{% endif %}
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


{#- Returns the name by which a part of a row is known once equal rows are one, none for none. It ends in `_at` where the expression does, as row ids
    write times in one form. part: what it is. expression: SQL expression. The same on every database. -#}
{% macro nexus_said(part, expression) -%}
  {%- if expression is none -%}
    {{ return(none) }}
  {%- endif -%}
  {{ return('said_' ~ part ~ ('_at' if expression.endswith('_at') else '')) }}
{%- endmacro %}


{#- Returns the names of several parts, as nexus_said. expressions: list. The same on every database. -#}
{% macro nexus_said_all(expressions) -%}
  {%- set names = [] -%}
  {%- for expression in expressions -%}
    {%- do names.append(nexus.nexus_said(loop.index, expression)) -%}
  {%- endfor -%}
  {{ return(names) }}
{%- endmacro %}


{#- Returns how a column of a select list is called: what stands after the last ` as `, else after the last dot.
    The same on every database. -#}
{% macro nexus_column_name(column) -%}
  {%- if ' as ' in column -%}
    {{ return((column.split(' as ') | last) | trim) }}
  {%- endif -%}
  {{ return((column.split('.') | last) | trim) }}
{%- endmacro %}
