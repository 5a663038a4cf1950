{#- Renders why an identifier joins nothing, null where it is good: `unknown entity type`, `null value`, `empty
    value`, `blocked value`, `unusable value` (its normalizer made nothing of it). raw: the delivered value.
    normalized: what the normalizer made of it. The same on every database. -#}
{% macro nexus_quarantine_reason(entity_type, identifier_type, raw, normalized) -%}
  {%- set settings = nexus.nexus_settings() -%}
  case
    when {{ entity_type }} is null or {{ entity_type }} not in ({{ nexus.nexus_text_literals(settings['entity_types'].keys() | list) }}) then 'unknown entity type'
    when {{ identifier_type }} is null or trim({{ identifier_type }}) = '' then 'unknown identifier type'
    when {{ raw }} is null then 'null value'
    when {{ normalized }} is null and {{ nexus.nexus_is_blank(raw) }} then 'empty value'
    {%- if settings['blocked_values'] %}
    when lower(trim({{ raw }})) in ({{ nexus.nexus_text_literals(settings['blocked_values']) }}) then 'blocked value'
    {%- endif %}
    {%- for name, options in settings['identifier_types'].items() %}
    {%- if options.get('block') %}
    when {{ identifier_type }} = {{ nexus.nexus_text_literal(name) }}
        and (lower(trim({{ raw }})) in ({{ nexus.nexus_text_literals(options['block']) }}) or lower({{ normalized }}) in ({{ nexus.nexus_text_literals(options['block']) }})) then 'blocked value'
    {%- endif %}
    {%- for pattern in options.get('block_like') or [] %}
    when {{ identifier_type }} = {{ nexus.nexus_text_literal(name) }} and lower({{ normalized }}) like {{ nexus.nexus_text_literal(pattern | lower) }} then 'blocked value'
    {%- endfor %}
    {%- endfor %}
    when {{ normalized }} is null then 'unusable value'
  end
{%- endmacro %}


{#- Renders whether a text holds nothing but blanks. expression: SQL text. By database: the regular expression helper. -#}
{% macro nexus_is_blank(expression) -%}
  ({{ nexus.nexus_regexp_remove(expression, '[[:space:]]') }} = '')
{%- endmacro %}


{#- Renders the hubs: identifiers that stand beside more distinct other identifiers than `max_entities_per_value` of their type
    allows, and would join strangers. identifiers: nexus_entity_identifiers. Only types with a limit are counted; an occurrence of more
    identifiers than the limit makes its members hubs without counting pairs. By database: nothing here. -#}
{% macro nexus_identity_hubs(identifiers) -%}
{%- set limits = {} -%}
{%- for name, options in nexus.nexus_config('identifier_types').items() if options.get('max_entities_per_value') is not none -%}
  {%- do limits.update({name: options['max_entities_per_value']}) -%}
{%- endfor -%}
{%- if limits | length == 0 -%}
{{ nexus.nexus_empty_rows({'entity_type': 'text', 'identifier_type': 'text', 'identifier_value': 'text', 'partners': 'integer', 'max_entities_per_value': 'integer'}) }}
{%- else -%}
with members as (
    select distinct edge_id, entity_type, identifier_type, identifier_value
    from {{ identifiers }}
    where quarantine_reason is null
        and edge_id is not null
),

occurrences as (
    select edge_id, entity_type, count(*) as identifiers
    from members
    group by edge_id, entity_type
),

limited as (
    select
        members.edge_id,
        members.entity_type,
        members.identifier_type,
        members.identifier_value,
        occurrences.identifiers - 1 as neighbours,
        case members.identifier_type
            {%- for name, limit in limits.items() %}
            when {{ nexus.nexus_text_literal(name) }} then {{ limit }}
            {%- endfor %}
        end as max_entities_per_value
    from members
    inner join occurrences
        on members.edge_id = occurrences.edge_id
        and members.entity_type = occurrences.entity_type
    where members.identifier_type in ({% for name in limits %}{{ nexus.nexus_text_literal(name) }}{% if not loop.last %}, {% endif %}{% endfor %})
),

partners as (
    select distinct
        limited.entity_type,
        limited.identifier_type,
        limited.identifier_value,
        limited.max_entities_per_value,
        members.identifier_type as partner_type,
        members.identifier_value as partner_value
    from limited
    inner join members
        on limited.edge_id = members.edge_id
        and limited.entity_type = members.entity_type
    where limited.neighbours <= limited.max_entities_per_value
        and (limited.identifier_type <> members.identifier_type or limited.identifier_value <> members.identifier_value)
),

counts as (
    select entity_type, identifier_type, identifier_value, max_entities_per_value, count(*) as partners
    from partners
    group by entity_type, identifier_type, identifier_value, max_entities_per_value

    union all

    select entity_type, identifier_type, identifier_value, max_entities_per_value, max(neighbours) as partners
    from limited
    where neighbours > max_entities_per_value
    group by entity_type, identifier_type, identifier_value, max_entities_per_value
)

select
    entity_type,
    identifier_type,
    identifier_value,
    max(partners) as partners,
    max_entities_per_value
from counts
where partners > max_entities_per_value
group by entity_type, identifier_type, identifier_value, max_entities_per_value
{%- endif -%}
{%- endmacro %}
