{#- Renders why an identifier joins nothing, null where it is good: `unknown entity type`, `null value`, `empty
    value`, `blocked value`, `unusable value` (its normalizer made nothing of it). raw: the delivered value.
    normalized: what the normalizer made of it. The same on every database. -#}
{% macro nexus_quarantine_reason(entity_type, identifier_type, raw, normalized) -%}
  {%- set settings = nexus.nexus_settings() -%}
  case
    when {{ entity_type }} is null or {{ entity_type }} not in ('person', 'group') then 'unknown entity type'
    when {{ identifier_type }} is null or trim({{ identifier_type }}) = '' then 'unknown identifier type'
    when {{ raw }} is null then 'null value'
    when {{ nexus.nexus_is_blank(raw) }} then 'empty value'
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
