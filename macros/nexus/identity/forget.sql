{#- Forgetting an identifier, as `nexus identity forget` does it: it is written down by its md5 in nexus_identity_forgotten, which every part of the event
    log leaves out; rows of tables that grow are deleted; then what is made of them is built again, and the ledger keeps no value. -#}


{#- Renders the name under which an identifier or an event is written down. parts: SQL expressions. The same on every database. -#}
{% macro nexus_forgotten_key(parts) -%}
  {{ nexus.nexus_md5(parts | join(" || '|' || ")) }}
{%- endmacro %}


{#- Renders that a row of a source's part is none that was forgotten, nothing where nothing was; nor by `compile`, which asks no database. part: as
    nexus_source_parts. The same on every database. -#}
{% macro nexus_is_remembered(part) -%}
  {%- set forgotten = ref('nexus_identity_forgotten') -%}
  {%- if not execute or flags.WHICH == 'compile' or part == 'rejects' or load_relation(forgotten) is none or nexus.nexus_count(forgotten) == 0 -%}
    {{ return('') }}
  {%- endif -%}
  {%- set text = dbt.type_string() -%}
  {%- set keys = [["'event'", 'cast(event_id as ' ~ text ~ ')']] -%}
  {%- set ends = [('entity_a_type', 'entity_a_identifier_type', 'entity_a_identifier'), ('entity_b_type', 'entity_b_identifier_type', 'entity_b_identifier')]
      if part == 'relationship_declarations' else [('entity_type', 'identifier_type', 'identifier_value')] -%}
  {%- if ends[0][2] in nexus.nexus_contract(part) -%}
    {%- for entity_type, identifier_type, value in ends -%}
      {%- set raw = 'cast(' ~ value ~ ' as ' ~ text ~ ')' -%}
      {%- do keys.append(['cast(' ~ entity_type ~ ' as ' ~ text ~ ')', 'cast(' ~ identifier_type ~ ' as ' ~ text ~ ')',
          'coalesce(' ~ nexus.nexus_normalize_by_type('cast(' ~ identifier_type ~ ' as ' ~ text ~ ')', raw) ~ ', ' ~ raw ~ ')']) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- set tests = [] -%}
  {%- for parts in keys -%}
    {%- do tests.append("coalesce(" ~ nexus.nexus_forgotten_key(parts) ~ ", '-') not in (select forgotten_key from " ~ forgotten ~ ')') -%}
  {%- endfor -%}
  {{ return(tests | join('\n    and ')) }}
{%- endmacro %}


{#- Renders the identifiers that a text names, sighted anywhere, in quarantine too. text: `value`, `type:value` or `entity type:type:value`. -#}
{% macro nexus_question_forgettable(text) -%}
{%- set named = nexus.nexus_text_literal(text) -%}
select entity_type, identifier_type, identifier_value, count(*) as sightings
from (
    select entity_type, identifier_type, coalesce(identifier_value, raw_identifier_value) as identifier_value
    from {{ ref('nexus_entity_identifiers') }}
) as sighted
where identifier_value = {{ named }}
    or identifier_type || ':' || identifier_value = {{ named }}
    or entity_type || ':' || identifier_type || ':' || identifier_value = {{ named }}
group by entity_type, identifier_type, identifier_value
order by entity_type, identifier_type, identifier_value
{%- endmacro %}


{#- Renders the identifiers that a text names and that were forgotten, with when. text: as above; a type that it does not give is one that is known of
    other identifiers. -#}
{% macro nexus_question_forgotten(text) -%}
{%- set parts = text.split(':') -%}
with types as (
    select identifier_type
    from {{ ref('nexus_entity_identifiers') }}
    {%- for part in parts[:2] %}

    {{ nexus.nexus_union_distinct() }}

    select {{ nexus.nexus_text_literal(part) }} as identifier_type
    {%- endfor %}
),

kinds as (
    {%- for entity_type in nexus.nexus_config('entity_types') %}
    select {{ nexus.nexus_text_literal(entity_type) }} as entity_type, identifier_type
    from types
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)

select kinds.entity_type, kinds.identifier_type, names.identifier_value, forgotten.forgotten_at
from kinds
cross join (
    {%- for skipped in range([parts | length, 3] | min) %}
    select {{ nexus.nexus_text_literal(parts[:skipped] | join(':')) }} as named, {{ nexus.nexus_text_literal(parts[skipped:] | join(':')) }} as identifier_value
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
) as names
inner join {{ ref('nexus_identity_forgotten') }} as forgotten
    on forgotten.forgotten_key = {{ nexus.nexus_forgotten_key(['kinds.entity_type', 'kinds.identifier_type', 'names.identifier_value']) }}
where names.named in ('', kinds.identifier_type, kinds.entity_type || ':' || kinds.identifier_type)
order by kinds.entity_type, kinds.identifier_type
{%- endmacro %}


{#- Returns table → condition of its rows that came from an identifier alone, or are addressed to it. Arguments: what names it. -#}
{% macro nexus_rows_to_forget(entity_type, identifier_type, identifier_value) -%}
  {%- set literals = [nexus.nexus_text_literal(entity_type), nexus.nexus_text_literal(identifier_type), nexus.nexus_text_literal(identifier_value)] -%}
  {%- set tests = {} -%}
  {%- for before, value in [('', 'identifier_value'), ('', 'raw'), ('entity_a_', 'identifier'), ('entity_b_', 'identifier')] -%}
    {%- set column = 'coalesce(identifier_value, raw_identifier_value)' if value == 'raw' else before ~ value -%}
    {%- do tests.update({before ~ value: '(' ~ (before or 'entity_') ~ 'type = ' ~ literals[0] ~ ' and ' ~ before ~ 'identifier_type = ' ~ literals[1] ~ ' and ' ~ column ~ ' = ' ~ literals[2] ~ ')'}) -%}
  {%- endfor -%}
  {%- set alone = 'event_id in (select event_id from ' ~ ref('nexus_entity_identifiers') ~ ' where event_id is not null group by event_id having count(*) = count(case when ' ~ tests['raw'] ~ ' then 1 end))' -%}
  {{ return({
      'nexus_events': alone,
      'nexus_event_measurements': alone,
      'nexus_event_dimensions': alone,
      'nexus_entity_traits': tests['identifier_value'] ~ ' or (' ~ alone ~ ' and first_' ~ alone ~ ')',
      'nexus_state_entries': tests['identifier_value'] ~ ' or ' ~ alone,
      'nexus_relationship_declarations': tests['entity_a_identifier'] ~ ' or ' ~ tests['entity_b_identifier'] ~ ' or ' ~ alone,
      'nexus_entity_participants': 'event_id in (select event_id from ' ~ ref('nexus_entity_identifiers') ~ ' where event_id is not null and ' ~ tests['raw'] ~ ')',
      'nexus_entity_identifiers': tests['raw']
  }) }}
{%- endmacro %}


{#- Returns a table of this package as it stands, none where it is not built or is a view. -#}
{% macro nexus_standing_table(name) -%}
  {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.package_name == 'nexus' and node.name == name -%}
    {%- set found = load_relation(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) -%}
    {%- if found is not none and not found.is_view -%}
      {{ return(found) }}
    {%- endif -%}
  {%- endfor -%}
  {{ return(none) }}
{%- endmacro %}


{#- Renders how many rows of which table go, as (relation, number). -#}
{% macro nexus_question_forgetting(entity_type, identifier_type, identifier_value) -%}
  {%- set counts = [] -%}
  {%- for name, condition in nexus.nexus_rows_to_forget(entity_type, identifier_type, identifier_value).items() if name != 'nexus_entity_participants' -%}
    {%- set relation = nexus.nexus_standing_table(name) if execute else none -%}
    {%- if relation is not none -%}
      {%- do counts.append('select ' ~ loop.index ~ ' as place, ' ~ nexus.nexus_text_literal(name) ~ ' as relation, count(*) as removed from ' ~ relation ~ ' where ' ~ condition) -%}
    {%- endif -%}
  {%- endfor -%}
select place, relation, removed
from (
    {{ counts | join('\nunion all\n') or "select 0 as place, '' as relation, 0 as removed" }}
) as counted
where removed > 0
order by place
{%- endmacro %}


{#- Writes an identifier down as forgotten and deletes its rows. Rows that the next build makes of several identifiers are left to it: sightings that stood
    beside it count as new. Called as an operation. -#}
{% macro nexus_forget(entity_type, identifier_type, identifier_value) -%}
  {%- set conditions = nexus.nexus_rows_to_forget(entity_type, identifier_type, identifier_value) -%}
  {%- set identifiers = nexus.nexus_standing_table('nexus_entity_identifiers') -%}
  {%- set forgotten = nexus.nexus_standing_table('nexus_identity_forgotten') -%}
  {%- set at = "cast('" ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S') ~ "' as " ~ nexus.nexus_type('timestamp') ~ ')' -%}
  {%- set key = nexus.nexus_forgotten_key([nexus.nexus_text_literal(entity_type), nexus.nexus_text_literal(identifier_type), nexus.nexus_text_literal(identifier_value)]) -%}
  {%- call statement('nexus_forget_events') -%}
    insert into {{ forgotten }} (forgotten_key, kind, forgotten_at)
    select distinct {{ nexus.nexus_forgotten_key(["'event'", 'event_id']) }} as forgotten_key, 'event' as kind, {{ at }} as forgotten_at
    from {{ identifiers }}
    where {{ conditions['nexus_events'] }}
  {%- endcall -%}
  {%- call statement('nexus_forget_identifier') -%}
    insert into {{ forgotten }} (forgotten_key, kind, forgotten_at)
    select {{ key }} as forgotten_key, 'identifier' as kind, {{ at }} as forgotten_at
  {%- endcall -%}
  {%- for name, condition in conditions.items() -%}
    {%- set relation = nexus.nexus_standing_table(name) -%}
    {%- if name == 'nexus_entity_identifiers' and nexus.nexus_config('incremental') -%}
      {%- call statement('nexus_forget_beside') -%}
        update {{ relation }}
        set _batch = (select max(_batch) + 1 from {{ relation }})
        where {{ conditions['nexus_entity_participants'] }}
      {%- endcall -%}
    {%- endif -%}
    {%- if relation is not none -%}
      {%- call statement('nexus_forget_rows') -%}
        delete from {{ relation }} where {{ condition }}
      {%- endcall -%}
    {%- endif -%}
  {%- endfor -%}
  {%- do adapter.commit() -%}
{%- endmacro %}


{#- Puts the md5 of a forgotten identifier in the place of its value where decisions and batches are kept. Called as an operation, after a build that
    took in that it is gone. -#}
{% macro nexus_forget_decisions(entity_type, identifier_type, identifier_value) -%}
  {%- set literals = [nexus.nexus_text_literal(entity_type), nexus.nexus_text_literal(identifier_type), nexus.nexus_text_literal(identifier_value)] -%}
  {%- set key = "'forgotten ' || " ~ nexus.nexus_forgotten_key(literals) -%}
  {%- for name in ['nexus_identity_changes', 'nexus_identity_ledger'] -%}
    {%- set relation = nexus.nexus_standing_table(name) -%}
    {%- if relation is not none -%}
      {%- call statement('nexus_forget_values') -%}
        update {{ relation }}
        set identifier_value = {{ key }}{% if name == 'nexus_identity_ledger' %},
            decision = case when entity_id is null then 'forgotten' else decision end{% endif %}
        where entity_type = {{ literals[0] }}
            and identifier_type = {{ literals[1] }}
            and identifier_value = {{ literals[2] }}
      {%- endcall -%}
    {%- endif -%}
  {%- endfor -%}
  {%- do adapter.commit() -%}
{%- endmacro %}
