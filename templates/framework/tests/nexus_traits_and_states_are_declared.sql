-- Traits and states in the data that no column shows, with what to add.
{{ config(severity='warn') }}
{%- set settings = nexus.nexus_settings() %}
with found as (
    select distinct 'traits' as kind, entity_type, trait_name as name
    from {{ ref('nexus_resolved_entity_traits') }}
    union all
    select distinct 'states' as kind, entity_type, state_name as name
    from {{ ref('nexus_states') }}
),

declared as (
    {%- for entity_type, traits in settings['traits'].items() %}
    {%- for name in traits %}
    select 'traits' as kind, '{{ entity_type }}' as entity_type, '{{ name }}' as name
    union all
    {%- endfor %}
    {%- endfor %}
    {%- for name, options in settings['states'].items() %}
    select 'states' as kind, '{{ options['entity_type'] }}' as entity_type, '{{ name }}' as name
    union all
    {%- endfor %}
    select 'nothing' as kind, 'nothing' as entity_type, 'nothing' as name
)

select
    found.kind,
    found.entity_type,
    found.name,
    case found.kind
        when 'traits' then 'vars: {nexus: {traits: {' || found.entity_type || ': {' || found.name || ': text}}}}'
        else 'vars: {nexus: {states: {' || found.name || ': {entity_type: ' || found.entity_type || '}}}}'
    end as remedy
from found
left join declared
    on found.kind = declared.kind
    and found.entity_type = declared.entity_type
    and found.name = declared.name
where declared.name is null
