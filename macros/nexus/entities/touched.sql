{#- How tables made of resolved rows follow new rows and changed ids. Such a table has in each row the newest batch of the rows that it was made of (`_batch`) and of
    decisions about ids (`_identity_batch`); what came after them is new to it. Before a build a hook deletes what new rows touch, and the build makes
    it again. A build that finds a lower number than the hook (its rows were the newest) makes more again than was deleted, with the same rows. -#}

{#- Returns the strategy by which rows replace those of the same key. By database: `merge` where rows cannot be deleted first. -#}
{% macro nexus_replacing() -%}
  {{ return(adapter.dispatch('nexus_replacing', 'nexus')()) }}
{%- endmacro %}

{% macro default__nexus_replacing() -%}
  {{ return('delete+insert') }}
{%- endmacro %}

{% macro bigquery__nexus_replacing() -%}
  {{ return('merge') }}
{%- endmacro %}

{% macro databricks__nexus_replacing() -%}
  {{ return('merge') }}
{%- endmacro %}


{#- Returns the strategy by which rows are added to what is there. By database: `merge` without a key where `append` is not known. -#}
{% macro nexus_appending() -%}
  {{ return(adapter.dispatch('nexus_appending', 'nexus')()) }}
{%- endmacro %}

{% macro default__nexus_appending() -%}
  {{ return('append') }}
{%- endmacro %}

{% macro bigquery__nexus_appending() -%}
  {{ return('merge') }}
{%- endmacro %}


{#- Returns the greatest numbers in the table being built, {rows, identity}; zeros while parsing. The same on every database. -#}
{% macro nexus_known_batches() -%}
  {%- set known = {'rows': 0, 'identity': 0} -%}
  {%- for row in nexus.nexus_ask_this('select coalesce(max(_batch), 0), coalesce(max(_identity_batch), 0) from ' ~ this) -%}
    {%- do known.update({'rows': row[0] | int, 'identity': row[1] | int}) -%}
  {%- endfor -%}
  {{ return(known) }}
{%- endmacro %}


{#- Renders a select of the ids of entities that new rows touch: those that a new statement is about, and both sides of each new decision about ids. statements: name of a
    table of the event log whose rows are addressed by an identifier. The same on every database. -#}
{% macro nexus_touched_entities(statements) -%}
{%- set known = nexus.nexus_known_batches() -%}
select resolved.entity_id
from {{ ref(statements) }} as statements
inner join {{ ref('nexus_resolved_identifiers') }} as resolved
    on statements.entity_type = resolved.entity_type
    and statements.identifier_type = resolved.identifier_type
    and statements.identifier_value = resolved.identifier_value
where statements._batch > {{ known['rows'] }}

{{ nexus.nexus_union_distinct() }}

select entity_id
from {{ ref('nexus_identity_ledger') }}
where batch > {{ known['identity'] }} and entity_id is not null

{{ nexus.nexus_union_distinct() }}

select previous_entity_id as entity_id
from {{ ref('nexus_identity_ledger') }}
where batch > {{ known['identity'] }} and previous_entity_id is not null
{%- endmacro %}


{#- Renders a select of the ids of events whose participants new rows touch: of new sightings, and of sightings of identifiers about which there is a new
    decision. The same on every database. -#}
{% macro nexus_touched_events() -%}
{%- set known = nexus.nexus_known_batches() -%}
select event_id
from {{ ref('nexus_entity_identifiers') }}
where _batch > {{ known['rows'] }} and event_id is not null

{{ nexus.nexus_union_distinct() }}

select sightings.event_id
from {{ ref('nexus_entity_identifiers') }} as sightings
inner join {{ ref('nexus_identity_ledger') }} as decisions
    on sightings.entity_type = decisions.entity_type
    and sightings.identifier_type = decisions.identifier_type
    and sightings.identifier_value = decisions.identifier_value
where decisions.batch > {{ known['identity'] }} and sightings.event_id is not null
{%- endmacro %}


{#- Renders the statement of a hook that deletes what new rows touch from the table being built; nothing where it is built anew. touched: `events`,
    `timelines`, `states`, or the name of a table of the event log, for the entities that its new rows touch. The same on every database. -#}
{% macro nexus_delete_touched(touched) -%}
{%- if nexus.nexus_adds() -%}
delete from {{ this }}
where {{ 'event_id' if touched == 'events' else 'entity_id' }} in (
    {% if touched == 'events' -%}
    {{ nexus.nexus_touched_events() | indent(4) }}
    {%- elif touched == 'timelines' -%}
    {{ nexus.nexus_touched_timelines() | indent(4) }}
    {%- elif touched == 'states' -%}
    {{ nexus.nexus_changed_states() | indent(4) }}
    {%- else -%}
    {{ nexus.nexus_touched_entities(touched) | indent(4) }}
    {%- endif %}
)
{%- endif -%}
{%- endmacro %}


{#- Renders the statement of a hook that deletes all computed traits, which are made anew in each build; nothing where the table is built anew. The same on
    every database. -#}
{% macro nexus_delete_computed() -%}
{%- if nexus.nexus_adds() -%}
delete from {{ this }} where survivorship = 'computed'
{%- endif -%}
{%- endmacro %}


{#- Renders the columns `_batch` and `_identity_batch`, with the comma before them; nothing unless only new rows are read. statements: name of the table of
    the event log that the table is made of. The same on every database. -#}
{% macro nexus_batch_columns(statements) -%}
  {%- if nexus.nexus_config('incremental') -%}
    {{ nexus.nexus_batch_column('(select coalesce(max(_batch), 0) from ' ~ ref(statements) ~ ')') }}
    {{- nexus.nexus_batch_column('(select coalesce(max(batch), 0) from ' ~ ref('nexus_identity_ledger') ~ ')', '_identity_batch') }}
  {%- endif -%}
{%- endmacro %}
