{#- Returns the rules by which one of several values of a trait survives. The same on every database. -#}
{% macro nexus_survivorship_rules() -%}
  {{ return(['latest', 'earliest', 'most_frequent', 'source_priority']) }}
{%- endmacro %}


{#- Returns a rule, `latest` where none is given; raises a compiler error for any other word. where: how the user wrote the way to it. -#}
{% macro nexus_survivorship_rule(where, rule) -%}
  {%- if rule is not none and rule not in nexus.nexus_survivorship_rules() -%}
    {%- do nexus.nexus_configuration_error('`' ~ rule ~ '` under `' ~ where ~ '` is no survivorship rule', 'use one of ' ~ nexus.nexus_survivorship_rules() | join(', ')) -%}
  {%- endif -%}
  {{ return(rule or 'latest') }}
{%- endmacro %}


{#- Returns entity type → trait → {survivorship, sources, model} of the traits that are given with options, checked. given:
    `vars: nexus: traits`. -#}
{% macro nexus_trait_options(given) -%}
  {%- set found = {} -%}
  {%- for entity_type, traits in given.items() -%}
    {%- set kept = {} -%}
    {%- for name, options in (traits or {}).items() if options is mapping -%}
      {%- set where = 'vars: nexus: traits: ' ~ entity_type ~ ': ' ~ name -%}
      {%- do nexus.nexus_check_keys(where, options, ['type', 'survivorship', 'sources', 'model']) -%}
      {%- do nexus.nexus_check_list(where ~ ': sources', options.get('sources')) -%}
      {%- set rule = options.get('survivorship') -%}
      {%- do nexus.nexus_survivorship_rule(where ~ ': survivorship', rule) -%}
      {%- if options.get('sources') and rule != 'source_priority' -%}
        {%- do nexus.nexus_configuration_error('`' ~ where ~ '` lists `sources`, which no rule of it reads', 'add `survivorship: source_priority`, or remove the list') -%}
      {%- endif -%}
      {%- if options.get('model') and rule is not none -%}
        {%- do nexus.nexus_configuration_error('`' ~ where ~ '` is computed by a model and has a survivorship rule', 'remove `survivorship` or `model`; a computed trait has one value') -%}
      {%- endif -%}
      {%- do kept.update({name: {'survivorship': rule, 'sources': options.get('sources') or [], 'model': options.get('model')}}) -%}
    {%- endfor -%}
    {%- do found.update({entity_type: kept}) -%}
  {%- endfor -%}
  {{ return(found) }}
{%- endmacro %}


{#- Renders the rule of a trait's survivorship. entity_type, trait_name: SQL expressions. The same on every database. -#}
{% macro nexus_trait_rule(entity_type, trait_name) -%}
  {%- set otherwise = nexus.nexus_text_literal(nexus.nexus_config('survivorship')) -%}
  {%- set cases = [] -%}
  {%- for type, traits in nexus.nexus_config('trait_options').items() -%}
    {%- for name, options in traits.items() if options['survivorship'] is not none -%}
      {%- do cases.append('when ' ~ entity_type ~ ' = ' ~ nexus.nexus_text_literal(type) ~ ' and ' ~ trait_name ~ ' = ' ~ nexus.nexus_text_literal(name)
          ~ ' then ' ~ nexus.nexus_text_literal(options['survivorship'])) -%}
    {%- endfor -%}
  {%- endfor -%}
  {%- if cases -%}
    case {{ cases | join(' ') }} else {{ otherwise }} end
  {%- else -%}
    {{ otherwise }}
  {%- endif -%}
{%- endmacro %}


{#- Renders how strong a source is for a trait, the smaller the stronger: its place in the trait's `sources` (the others come after), or
    its `priority`. Arguments: SQL expressions. The same on every database. -#}
{% macro nexus_trait_source_rank(entity_type, trait_name, source) -%}
  {%- set cases = [] -%}
  {%- for type, traits in nexus.nexus_config('trait_options').items() -%}
    {%- for name, options in traits.items() if options['sources'] -%}
      {%- set is_trait = entity_type ~ ' = ' ~ nexus.nexus_text_literal(type) ~ ' and ' ~ trait_name ~ ' = ' ~ nexus.nexus_text_literal(name) -%}
      {%- for listed in options['sources'] -%}
        {%- do cases.append('when ' ~ is_trait ~ ' and ' ~ source ~ ' = ' ~ nexus.nexus_text_literal(listed) ~ ' then ' ~ loop.index) -%}
      {%- endfor -%}
      {%- do cases.append('when ' ~ is_trait ~ ' then ' ~ (options['sources'] | length + 1)) -%}
    {%- endfor -%}
  {%- endfor -%}
  {%- if cases -%}
    case {{ cases | join(' ') }} else {{ nexus.nexus_source_priority(source) }} end
  {%- else -%}
    {{ nexus.nexus_source_priority(source) }}
  {%- endif -%}
{%- endmacro %}


{#- Returns the computed traits as a list of {entity_type, name, model}. The same on every database. -#}
{% macro nexus_computed_traits() -%}
  {%- set found = [] -%}
  {%- for entity_type, traits in nexus.nexus_config('trait_options').items() -%}
    {%- for name, options in traits.items() if options['model'] -%}
      {%- do found.append({'entity_type': entity_type, 'name': name, 'model': options['model']}) -%}
    {%- endfor -%}
  {%- endfor -%}
  {{ return(found) }}
{%- endmacro %}


{#- Renders whether a statement is about a trait that a model computes. Arguments: SQL expressions. The same on every database. -#}
{% macro nexus_is_computed_trait(entity_type, trait_name) -%}
  {%- set tests = ['1 = 0'] -%}
  {%- for trait in nexus.nexus_computed_traits() -%}
    {%- do tests.append('(' ~ entity_type ~ ' = ' ~ nexus.nexus_text_literal(trait['entity_type']) ~ ' and ' ~ trait_name ~ ' = ' ~ nexus.nexus_text_literal(trait['name']) ~ ')') -%}
  {%- endfor -%}
  ({{ tests | join(' or ') }})
{%- endmacro %}
