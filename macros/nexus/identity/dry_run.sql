{#- What the rules that are configured now would make of the sightings that are built, as `nexus identity dry-run` asks. -#}


{#- Renders what would be different, as (place, what, detail, built, becomes): place 1 are counts by entity type; 2, 3 and 4 entities that would fall apart,
    merge or lose identifiers, the largest first, with how many identifiers they have and how many parts, identifiers of the whole, or identifiers would
    be. Everything is worked out in tables that are gone afterwards. The same on every database. -#}
{% macro nexus_question_dry_run(entities_max) -%}
  {%- set tables = {'identifiers': ref('nexus_entity_identifiers'), 'hubs': none, 'limits': none} -%}
  {%- set resolved = ref('nexus_resolved_identifiers') -%}
  {%- if not execute -%}
{{ nexus.nexus_joining_sightings(tables) }}
  {%- else -%}
    {%- set scratch = [] -%}
    {%- for name in ['components', 'limits'] -%}
      {%- set relation = resolved.incorporate(path={'identifier': 'nexus_dry_run_' ~ name}, type='table') -%}
      {%- do drop_relation_if_exists(load_relation(relation)) -%}
      {%- do scratch.append(relation) -%}
    {%- endfor -%}
    {%- do tables.update({'identifiers': nexus.nexus_work_table('dry_identifiers', nexus.nexus_judged_anew(tables['identifiers']))}) -%}
    {%- do tables.update({'hubs': nexus.nexus_work_table('dry_hubs', nexus.nexus_identity_hubs(tables['identifiers']))}) -%}
    {%- if nexus.nexus_limits() -%}
      {%- do nexus.nexus_make_limits(scratch[1], nexus.nexus_unlimited_sightings(tables)) -%}
      {%- do tables.update({'limits': scratch[1]}) -%}
    {%- endif -%}
    {%- do nexus.nexus_make_components(scratch[0], 'select edge_id, entity_type, identifier_type, identifier_value from (' ~ nexus.nexus_joining_sightings(tables) ~ ') as joining') -%}
    {%- set matched = nexus.nexus_work_table('dry_matched', nexus.nexus_built_and_becoming(resolved, scratch[0])) -%}
    {%- set rows = [] -%}
    {%- for row in run_query(nexus.nexus_dry_run_counts(matched)).rows -%}
      {%- do rows.append([1, row[1], row[2], row[3], row[4]]) -%}
    {%- endfor -%}
    {%- for change in ['falls apart', 'merges', 'loses identifiers'] -%}
      {%- set place = loop.index + 1 -%}
      {%- for row in run_query(nexus.nexus_dry_run_entities(matched, change, entities_max | int)).rows -%}
        {%- do rows.append([place, change, row[0], row[1], row[2]]) -%}
      {%- endfor -%}
    {%- endfor -%}
    {%- for work in [matched, tables['hubs'], tables['identifiers'], scratch[0]] + ([scratch[1]] if tables['limits'] else []) -%}
      {%- do adapter.drop_relation(work) -%}
    {%- endfor -%}
    {%- for place, what, detail, built, becomes in rows %}
{% if not loop.first %}union all{% endif %}
select {{ loop.index }} as line, {{ place }} as place, {{ nexus.nexus_text_literal(what) }} as what, {{ nexus.nexus_text_literal(detail) }} as detail, {{ built | int }} as built, {{ becomes | int }} as becomes
    {%- endfor %}
order by line
  {%- endif -%}
{%- endmacro %}


{#- Renders the sightings as the configured normalizers and rules judge them. identifiers: nexus_entity_identifiers. -#}
{% macro nexus_judged_anew(identifiers) -%}
select
    event_id,
    edge_id,
    entity_type,
    identifier_type,
    case when quarantine_reason is null then identifier_value end as identifier_value,
    quarantine_reason,
    source,
    occurred_at,
    _ingested_at
from (
    select
        event_id,
        edge_id,
        entity_type,
        identifier_type,
        identifier_value,
        {{ nexus.nexus_quarantine_reason('entity_type', 'identifier_type', 'raw_identifier_value', 'identifier_value') }} as quarantine_reason,
        source,
        occurred_at,
        _ingested_at
    from (
        select
            event_id,
            edge_id,
            entity_type,
            identifier_type,
            {{ nexus.nexus_normalize_by_type('identifier_type', 'raw_identifier_value') }} as identifier_value,
            raw_identifier_value,
            source,
            occurred_at,
            _ingested_at
        from {{ identifiers }}
    ) as normalized
) as judged
{%- endmacro %}


{#- Renders an identifier, its entity as it is built and its component as it would be; null where it has none. -#}
{% macro nexus_built_and_becoming(resolved, components) -%}
select
    coalesce(resolved.entity_type, components.entity_type) as entity_type,
    resolved.entity_id,
    components.component
from {{ resolved }} as resolved
full outer join {{ components }} as components
    on {{ nexus.nexus_same_identifier('resolved', 'components') }}
{%- endmacro %}


{% macro nexus_dry_run_counts(matched) -%}
with sizes as (
    select entity_type, 'built' as side, entity_id as entity, count(*) as identifiers
    from {{ matched }}
    where entity_id is not null
    group by entity_type, entity_id

    union all

    select entity_type, 'becomes' as side, component as entity, count(*) as identifiers
    from {{ matched }}
    where component is not null
    group by entity_type, component
)
{%- for what, number in [
    ('entities', '1'),
    ('identifiers', 'identifiers'),
    ('identifiers of the largest', none)
] %}
{% if not loop.first %}
union all
{% endif %}
select
    {{ loop.index }} as place,
    {{ nexus.nexus_text_literal(what) }} as what,
    entity_type as detail,
    {%- for side in ['built', 'becomes'] %}
    coalesce({{ 'sum' if number else 'max' }}(case when side = '{{ side }}' then {{ number or 'identifiers' }} end), 0) as {{ side }}{% if not loop.last %},{% endif %}
    {%- endfor %}
from sizes
group by entity_type
{%- endfor %}
order by place, detail
{%- endmacro %}


{#- Renders the entities to which a change would happen: id, identifiers as built, and what would become of them. -#}
{% macro nexus_dry_run_entities(matched, change, entities_max) -%}
with entities as (
    select
        entity_id,
        count(*) as identifiers,
        count(component) as kept,
        count(distinct component) as parts
    from {{ matched }}
    where entity_id is not null
    group by entity_id
),

wholes as (
    select component, count(*) as identifiers, count(distinct entity_id) as entities
    from {{ matched }}
    where component is not null
    group by component
)

{% if change == 'merges' -%}
select matched.entity_id, max(entities.identifiers) as built, max(wholes.identifiers) as becomes
from {{ matched }} as matched
inner join entities on matched.entity_id = entities.entity_id
inner join wholes on matched.component = wholes.component
where wholes.entities > 1
group by matched.entity_id
{%- else -%}
select entity_id, identifiers as built, {{ 'parts' if change == 'falls apart' else 'kept' }} as becomes
from entities
where {{ 'parts > 1' if change == 'falls apart' else 'kept < identifiers' }}
{%- endif %}
order by built desc, becomes desc, entity_id
limit {{ entities_max }}
{%- endmacro %}
