{#- How the event log says what sources state of entities: one row for what a source says of an identifier as it was delivered, however often it says it. Of seven statements an
    event most repeat one that is known, so they are counted before anything else is done to them. -#}

{#- Renders what makes two statements of a source one, without the value; what a row that comes again states otherwise has the same. -#}
{% macro nexus_statement_key(raw) -%}
  {{ return(['entity_type', 'identifier_type', raw, 'trait_name']) }}
{%- endmacro %}


{#- Renders the statements of all sources, each as often as it is said, and that persons with an address of ours are internal users. rows: as nexus_union_sources.
    The same on every database. -#}
{% macro nexus_delivered_statements(rows) -%}
{%- set columns = ['event_id', 'entity_type', 'identifier_type', 'identifier_value', 'trait_name', 'trait_value', 'source', 'occurred_at', '_ingested_at'] -%}
select
    {{ columns | join(',\n    ') }}
from (
    {{ nexus.nexus_union_sources('entity_traits', rows) | indent(4) }}
) as delivered
where trait_value is not null

union all

select
    event_id,
    entity_type,
    identifier_type,
    identifier_value,
    'is_internal_user' as trait_name,
    'true' as trait_value,
    'nexus' as source,
    occurred_at,
    _ingested_at
from {{ ref('nexus_entity_identifiers') }}
where entity_type = 'person'
    and identifier_type = 'email'
    and quarantine_reason is null
    and {{ nexus.nexus_is_internal_email('identifier_value') }}
    {%- if rows == 'newest' and nexus.nexus_adds() %}
    and {{ nexus.nexus_is_newest('nexus', '_ingested_at', nexus.nexus_watermarks()) }}
    {%- endif %}
{%- endmacro %}


{#- Renders a join of two relations by what a statement is about, null being a value. Arguments: aliases, and how each calls the identifier as delivered. The same on every
    database. -#}
{% macro nexus_same_subject(left, left_raw, right, right_raw) -%}
  {%- set tests = [] -%}
  {%- set others = nexus.nexus_statement_key(right_raw) -%}
  {%- for column in nexus.nexus_statement_key(left_raw) -%}
    {%- do tests.append("coalesce(" ~ left ~ "." ~ column ~ ", '') = coalesce(" ~ right ~ "." ~ others[loop.index0] ~ ", '')") -%}
  {%- endfor -%}
  {{ tests | join('\n    and ') }}
{%- endmacro %}


{#- Renders an aggregate over columns occurred_at, _ingested_at and event_id: the last saying, undated ones before all others, or the first, undated ones after them; of
    equals by time the one that was ingested later or earlier, then the greater or smaller event id. Its parts: nexus_saying_part. which: `first` or `last`.
    By database: a value of several parts where such are compared, else one text. -#}
{% macro nexus_saying(which) -%}
  {{ return(adapter.dispatch('nexus_saying', 'nexus')(which)) }}
{%- endmacro %}

{% macro default__nexus_saying(which) -%}
  {%- set parts = [] -%}
  {%- for column in ['occurred_at', '_ingested_at'] -%}
    {%- do parts.append("coalesce(case when " ~ column ~ " >= cast('9999-12-31 00:00:00' as " ~ dbt.type_timestamp() ~ ") then '9999-12-31T00:00:00.000000Z' else "
        ~ nexus.nexus_timestamp_text(column) | trim ~ " end, '" ~ ('~' if which == 'first' else '0') * 27 ~ "')") -%}
  {%- endfor -%}
  {%- do parts.append("coalesce(event_id, '')") -%}
  {{ 'min' if which == 'first' else 'max' }}({{ nexus.nexus_byte_order('(' ~ parts | join(' || ') ~ ')') }})
{%- endmacro %}

{#- Null is greater than any other part of a value. -#}
{% macro duckdb__nexus_saying(which) -%}
  {%- if which == 'first' -%}
    min(row(occurred_at, _ingested_at, event_id))
  {%- else -%}
    max(row(coalesce(occurred_at, timestamp '-infinity'), coalesce(_ingested_at, timestamp '-infinity'), coalesce(event_id, '')))
  {%- endif -%}
{%- endmacro %}


{#- Renders a part of what nexus_saying found. saying: SQL expression. part: `_ingested_at` or `event_id`. By database: as nexus_saying. -#}
{% macro nexus_saying_part(saying, part) -%}
  {{ return(adapter.dispatch('nexus_saying_part', 'nexus')(saying, part)) }}
{%- endmacro %}

{% macro default__nexus_saying_part(saying, part) -%}
  {%- if part == 'event_id' -%}
    nullif(substring({{ saying }}, 55), '')
  {%- else -%}
    cast({{ nexus.nexus_timestamp_from_text('substring(' ~ saying ~ ', 28, 27)') }} as {{ nexus.nexus_type('timestamp') }})
  {%- endif -%}
{%- endmacro %}

{% macro duckdb__nexus_saying_part(saying, part) -%}
  {%- if part == 'event_id' -%}
    nullif({{ saying }}[3], '')
  {%- else -%}
    nullif({{ saying }}[2], timestamp '-infinity')
  {%- endif -%}
{%- endmacro %}


{#- Renders the statement of a hook that deletes what rows that came again say no more; nothing where the table is built anew. The same on every database. -#}
{% macro nexus_delete_unsaid() -%}
{%- if nexus.nexus_adds() -%}
delete from {{ this }} where statements = 0
{%- endif -%}
{%- endmacro %}
