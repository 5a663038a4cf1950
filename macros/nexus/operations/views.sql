{#- Returns the operational views of the package. The same on every database. -#}
{% macro nexus_operational_views() -%}
  {{ return(['customer_context', 'sales_timeline', 'marketing_audience', 'ops_notifications', 'ai_context']) }}
{%- endmacro %}


{#- Returns the views that are built: all, unless `vars: nexus: operational_views` is false or lists some. given: that value. -#}
{% macro nexus_enabled_views(given) -%}
  {%- set known = nexus.nexus_operational_views() -%}
  {%- if given is none or given is sameas true -%}
    {{ return(known) }}
  {%- endif -%}
  {%- if given is sameas false -%}
    {{ return([]) }}
  {%- endif -%}
  {%- do nexus.nexus_check_list('vars: nexus: operational_views', given) -%}
  {%- for name in given if name not in known -%}
    {%- do nexus.nexus_configuration_error('`' ~ name ~ '` under `vars: nexus: operational_views` is no view of the framework', 'use one or more of ' ~ known | join(', ')) -%}
  {%- endfor -%}
  {{ return(given) }}
{%- endmacro %}


{#- Returns whether an operational view is built; one that another enabled view reads is. The same on every database. -#}
{% macro nexus_view_enabled(name) -%}
  {%- set enabled = nexus.nexus_config('operational_views') -%}
  {{ return(name in enabled or (name == 'customer_context' and ('marketing_audience' in enabled or 'ai_context' in enabled))) }}
{%- endmacro %}


{#- Returns the limits of ai_context: {max_events, max_characters}, checked. given: `vars: nexus: ai_context`. -#}
{% macro nexus_ai_context_limits(given) -%}
  {%- set limits = {'max_events': 20, 'max_characters': 4000} -%}
  {%- do nexus.nexus_check_keys('vars: nexus: ai_context', given, limits.keys() | list) -%}
  {%- for name, limit in given.items() -%}
    {%- if limit is not number or limit is boolean or limit < 1 -%}
      {%- do nexus.nexus_configuration_error('`' ~ name ~ ': ' ~ limit ~ '` under `vars: nexus: ai_context` is no limit', 'give a whole number of 1 or more, or leave it out') -%}
    {%- endif -%}
    {%- do limits.update({name: limit | int}) -%}
  {%- endfor -%}
  {{ return(limits) }}
{%- endmacro %}


{#- Returns the names of the declared states of an entity type. The same on every database. -#}
{% macro nexus_states_of(entity_type) -%}
  {%- set names = [] -%}
  {%- for name, options in nexus.nexus_config('states').items() if options['entity_type'] == entity_type -%}
    {%- do names.append(name) -%}
  {%- endfor -%}
  {{ return(names) }}
{%- endmacro %}


{#- Returns what customer_context shows beside its own columns: {traits, states, group_states}. A state goes before a trait of its name, and a
    trait or state with the name of one of the view's own columns is left out; nexus_persons and nexus_entity_states have it. The same on every database. -#}
{% macro nexus_context_columns() -%}
  {%- set taken = [
      'person_id', 'person_name', 'group_id', 'group_name', 'group_role', 'is_group_current', 'memberships', 'events', 'first_event_at', 'last_event_at',
      'last_event_name', 'last_event_description', 'identifiers', '_ingested_at'
  ] -%}
  {%- set columns = {'traits': [], 'states': [], 'group_states': []} -%}
  {%- for name in nexus.nexus_states_of('group') if 'group_' ~ name not in taken -%}
    {%- do columns['group_states'].append(name) -%}
    {%- do taken.append('group_' ~ name) -%}
  {%- endfor -%}
  {%- for name in nexus.nexus_states_of('person') if name not in taken -%}
    {%- do columns['states'].append(name) -%}
    {%- do taken.append(name) -%}
  {%- endfor -%}
  {%- for name in nexus.nexus_config('traits')['person'] if name not in taken -%}
    {%- do columns['traits'].append(name) -%}
  {%- endfor -%}
  {{ return(columns) }}
{%- endmacro %}


{#- Renders how an entity is called, for people: its name, else its address or domain, else its smallest identifier. One row an entity,
    as entity_id and entity_name. The same on every database. -#}
{% macro nexus_entity_names() -%}
select
    entity_id,
    coalesce(
        max(case when kind = 'name' then value end),
        max(case when kind in ('email', 'domain') then value end),
        min(value)
    ) as entity_name
from (
    select entity_id, identifier_type as kind, identifier_value as value from {{ ref('nexus_resolved_identifiers') }}
    union all
    select entity_id, trait_name as kind, trait_value as value from {{ ref('nexus_resolved_entity_traits') }} where trait_name = 'name'
) as called
group by entity_id
{%- endmacro %}
