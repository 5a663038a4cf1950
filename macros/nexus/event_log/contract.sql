{#- Returns the columns of one part of the source contract, name → type. part: as nexus_source_parts.
    The same on every database. -#}
{% macro nexus_contract(part) -%}
  {%- set contracts = {
      'events': {
          'event_id': 'text', 'occurred_at': 'timestamp', 'event_name': 'text', 'event_type': 'text', 'event_description': 'text',
          'significance': 'number', 'source': 'text', 'source_table': 'text', '_ingested_at': 'timestamp'
      },
      'entity_identifiers': {
          'entity_identifier_id': 'text', 'event_id': 'text', 'edge_id': 'text', 'entity_type': 'text', 'identifier_type': 'text',
          'identifier_value': 'text', 'role': 'text', 'source': 'text', 'occurred_at': 'timestamp', '_ingested_at': 'timestamp'
      },
      'entity_traits': {
          'entity_trait_id': 'text', 'event_id': 'text', 'entity_type': 'text', 'identifier_type': 'text', 'identifier_value': 'text',
          'trait_name': 'text', 'trait_value': 'text', 'source': 'text', 'occurred_at': 'timestamp', '_ingested_at': 'timestamp'
      },
      'relationship_declarations': {
          'relationship_declaration_id': 'text', 'event_id': 'text', 'occurred_at': 'timestamp',
          'entity_a_identifier': 'text', 'entity_a_identifier_type': 'text', 'entity_a_type': 'text', 'entity_a_role': 'text',
          'entity_b_identifier': 'text', 'entity_b_identifier_type': 'text', 'entity_b_type': 'text', 'entity_b_role': 'text',
          'relationship_type': 'text', 'relationship_direction': 'text', 'is_active': 'boolean', 'source': 'text', '_ingested_at': 'timestamp'
      },
      'event_measurements': {
          'event_measurement_id': 'text', 'event_id': 'text', 'measurement_name': 'text', 'value': 'number', 'value_unit': 'text',
          'occurred_at': 'timestamp', 'source': 'text', '_ingested_at': 'timestamp'
      },
      'event_dimensions': {
          'event_dimension_id': 'text', 'event_id': 'text', 'dimension_name': 'text', 'dimension_value': 'text',
          'occurred_at': 'timestamp', 'source': 'text', '_ingested_at': 'timestamp'
      },
      'states': {
          'state_entry_id': 'text', 'event_id': 'text', 'entity_type': 'text', 'identifier_type': 'text', 'identifier_value': 'text',
          'state_name': 'text', 'state_value': 'text', 'occurred_at': 'timestamp', 'source': 'text', '_ingested_at': 'timestamp'
      },
      'rejects': {
          'reject_id': 'text', 'source': 'text', 'source_table': 'text', 'scope': 'text', 'record_key': 'text', 'field': 'text',
          'raw_value': 'text', 'reason': 'text', '_ingested_at': 'timestamp'
      }
  } -%}
  {{ return(contracts[part]) }}
{%- endmacro %}


{#- Renders one part of the contract of all enabled sources as one table, in the contract's types; an empty table of
    the same columns where no source has the part. Rows of a project's own source with a value that its type cannot read are left
    out here and listed in nexus_rejects. part: as nexus_source_parts. rows: in a table that only adds rows, `new` for those that it does not have, `newest` for those
    and all that came with the newest that it has, `all`. The same on every database. -#}
{% macro nexus_union_sources(part, rows='new') -%}
  {%- set contract = nexus.nexus_contract(part) -%}
  {%- set names = nexus.nexus_sources_with(part) -%}
  {%- set adds = nexus.nexus_adds() and rows != 'all' -%}
  {%- set watermarks = nexus.nexus_watermarks() if adds else {} -%}
  {%- set is_remembered = nexus.nexus_is_remembered(part) -%}
  {%- for name in names %}
    {%- set relation = ref(name ~ '_' ~ part) -%}
    {%- set is_shipped = nexus.nexus_config('sources')[name]['shipped'] -%}
    {%- if not is_shipped -%}
      {%- do nexus.nexus_check_contract(name, part, relation) -%}
    {%- endif %}
select
    {%- for column, type in contract.items() %}
    {% if is_shipped or type == 'text' %}cast({{ column }} as {{ nexus.nexus_type(type) }}){% else %}{{ nexus.nexus_read(column, type) }}{% endif %} as {{ column }}{% if not loop.last %},{% endif %}
    {%- endfor %}
from {{ relation }}
    {%- if not is_shipped %}
where not ({{ nexus.nexus_unreadable_columns(part, ' or ') }})
    {%- endif %}
    {%- if adds %}
    {%- set ingested = '_ingested_at' if is_shipped else nexus.nexus_read('_ingested_at', 'timestamp') | trim %}
{{ 'where' if is_shipped else '    and' }} {{ nexus.nexus_is_newest(name, ingested, watermarks) if rows == 'newest' else nexus.nexus_is_new(name, (contract.keys() | list)[0], ingested, watermarks) }}
    {%- endif %}
    {%- if is_remembered %}
{{ 'where' if is_shipped and not adds else '    and' }} {{ is_remembered }}
    {%- endif %}
    {%- if not loop.last %}

union all
    {% endif %}
  {%- endfor %}
  {%- if names | length == 0 %}
{{ nexus.nexus_empty_rows(contract) }}
  {%- endif %}
{%- endmacro %}


{#- Renders a part of the contract as a table of the event log that changes nothing about it, with the batch of each row where only new rows are read.
    part: as nexus_source_parts. The same on every database. -#}
{% macro nexus_log_table(part) -%}
  {%- if nexus.nexus_config('incremental') -%}
select
    {%- for column in nexus.nexus_contract(part) %}
    {{ column }},
    {%- endfor %}
    {{ nexus.nexus_this_batch() }} as _batch
from (
    {{ nexus.nexus_union_sources(part) | indent(4) }}
) as delivered
  {%- else -%}
    {{ nexus.nexus_union_sources(part) }}
  {%- endif -%}
{%- endmacro %}


{#- Renders whether a column of a part holds something that its type cannot read; of all typed columns, joined. part: as
    nexus_source_parts. The same on every database. -#}
{% macro nexus_unreadable_columns(part, separator) -%}
  {%- set tests = [] -%}
  {%- for column, type in nexus.nexus_contract(part).items() if type != 'text' -%}
    {%- do tests.append(nexus.nexus_is_unreadable(column, type) | trim) -%}
  {%- endfor -%}
  {{ tests | join(separator) }}
{%- endmacro %}


{#- Renders whether a value is there and its type cannot read it. The same on every database. -#}
{% macro nexus_is_unreadable(column, type) -%}
  ({{ column }} is not null and {{ nexus.nexus_read(column, type) }} is null)
{%- endmacro %}


{#- Renders a column of a project's own source in one of our types, whatever its type is there; null where it cannot be read.
    By database: through nexus_try_timestamp and nexus_try_cast. -#}
{% macro nexus_read(column, type) -%}
  {%- if type == 'timestamp' -%}
    {{ nexus.nexus_try_timestamp(column) }}
  {%- else -%}
    {{ nexus.nexus_try_cast('cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')', type) }}
  {%- endif -%}
{%- endmacro %}


{#- Renders a timestamp of a column that is one, or text that spells one; null for anything else. By database: by way of the text,
    or a cast that does not raise and applies an offset. -#}
{% macro nexus_try_timestamp(column) -%}
  {{ return(adapter.dispatch('nexus_try_timestamp', 'nexus')(column)) }}
{%- endmacro %}

{% macro default__nexus_try_timestamp(column) -%}
  cast({{ nexus.nexus_timestamp_from_text('cast(' ~ column ~ ' as ' ~ dbt.type_string() ~ ')') }} as {{ nexus.nexus_type('timestamp') }})
{%- endmacro %}

{#- The type is known when the query is planned, so a column of timestamps is not read as text; a cast of text would drop its offset. -#}
{% macro duckdb__nexus_try_timestamp(column) -%}
  (case when typeof({{ column }}) = 'TIMESTAMP' then try_cast({{ column }} as timestamp) else {{ nexus.nexus_timestamp_from_text('cast(' ~ column ~ ' as varchar)') }} end)
{%- endmacro %}

{#- Looking at a text by patterns takes ten times as long as writing and reading a timestamp, which is enough for a column of timestamps. A cast of the
    column itself would not be planned where it holds numbers. -#}
{% macro postgres__nexus_try_timestamp(column) -%}
  {%- set text = 'cast(' ~ column ~ ' as text)' -%}
  (case
    when pg_typeof({{ column }}) = cast('timestamp without time zone' as regtype)
      then nullif(nullif(cast({{ text }} as timestamp), 'infinity'), '-infinity')
    else {{ nexus.nexus_timestamp_from_text(text) }}
  end)
{%- endmacro %}

{% macro redshift__nexus_try_timestamp(column) -%}
  {{ nexus.default__nexus_try_timestamp(column) }}
{%- endmacro %}

{% macro bigquery__nexus_try_timestamp(column) -%}
  safe_cast({{ column }} as timestamp)
{%- endmacro %}


{#- Raises a compiler error where a model of a project's own source lacks columns of the contract. The same on every database. -#}
{% macro nexus_check_contract(name, part, relation) -%}
  {%- do nexus.nexus_check_columns(name ~ '_' ~ part, relation, nexus.nexus_contract(part).keys() | list, 'the part `' ~ part ~ '` of a source') -%}
{%- endmacro %}


{#- Raises a compiler error where a model lacks columns. Asked when a model that reads it is built, not when it is compiled; a model that
    is no relation (ephemeral) is not looked at. wanted: names. what: what has these columns. The same on every database. -#}
{% macro nexus_check_columns(model, relation, wanted, what) -%}
  {%- if execute and flags.WHICH in ['run', 'build'] -%}
    {%- set found = load_relation(relation) -%}
    {%- if found is not none -%}
      {%- set names = adapter.get_columns_in_relation(found) | map(attribute='name') | map('lower') | list -%}
      {%- set missing = [] -%}
      {%- for column in wanted if column not in names -%}
        {%- do missing.append('`' ~ column ~ '`') -%}
      {%- endfor -%}
      {%- if missing -%}
        {%- do nexus.nexus_configuration_error(
            'model `' ~ model ~ '` lacks ' ~ missing | join(', ') ~ ', which ' ~ what ~ ' has',
            'add ' ~ ('it' if missing | length == 1 else 'them') ~ ' to the model, null where nothing is known (docs/framework.md lists the columns)') -%}
      {%- endif -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}


{#- Renders what the sources could not use: the rejects that they list themselves, and values in rows of a project's own sources
    that their type cannot read. The same on every database. -#}
{% macro nexus_all_rejects() -%}
  {%- set contract = nexus.nexus_contract('rejects') -%}
  {%- set checks = [] -%}
  {%- for part in nexus.nexus_source_parts() -%}
    {%- for name in nexus.nexus_sources_with(part) if not nexus.nexus_config('sources')[name]['shipped'] -%}
      {%- do nexus.nexus_check_contract(name, part, ref(name ~ '_' ~ part)) -%}
      {%- for column, type in nexus.nexus_contract(part).items() if type != 'text' -%}
        {%- do checks.append({'source': name, 'model': name ~ '_' ~ part, 'key': (nexus.nexus_contract(part).keys() | list)[0], 'column': column, 'type': type}) -%}
      {%- endfor -%}
    {%- endfor -%}
  {%- endfor -%}
with listed as (
    {{ nexus.nexus_union_sources('rejects') }}
)
  {%- if checks %},

unreadable as (
    {%- for check in checks %}
    select distinct
        {{ nexus.nexus_text_literal(check['source']) }} as source,
        {{ nexus.nexus_text_literal(check['model']) }} as source_table,
        'row' as scope,
        cast({{ check['key'] }} as {{ dbt.type_string() }}) as record_key,
        {{ nexus.nexus_text_literal(check['column']) }} as field,
        cast({{ check['column'] }} as {{ dbt.type_string() }}) as raw_value,
        {{ nexus.nexus_text_literal('unparseable ' ~ check['column']) }} as reason,
        {{ nexus.nexus_read('_ingested_at', 'timestamp') }} as ingested_at
    from {{ ref(check['model']) }}
    where {{ nexus.nexus_is_unreadable(check['column'], check['type']) }}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
)
  {%- endif %}

select
    {%- for column in contract %}
    {{ column }}{% if not loop.last %},{% endif %}
    {%- endfor %}
from listed
  {%- if checks %}

union all

select
    {{ nexus.create_nexus_id('reject', ['source', 'source_table', 'record_key', 'field', 'raw_value', 'ingested_at']) }} as reject_id,
    source,
    source_table,
    scope,
    record_key,
    field,
    raw_value,
    reason,
    ingested_at as _ingested_at
from unreadable
  {%- endif %}
{%- endmacro %}


{#- Renders a select of typed columns without a row. columns: name → type. The same on every database. -#}
{% macro nexus_empty_rows(columns) -%}
select
    {%- for column, type in columns.items() %}
    cast(null as {{ nexus.nexus_type(type) }}) as {{ column }}{% if not loop.last %},{% endif %}
    {%- endfor %}
from (select 1 as one) as nothing
where 1 = 0
{%- endmacro %}


{#- Renders the rows of several models one after another, columns by name. models: names of models, or relations.
    columns: names that each has, or name → type, which casts them and makes the empty list of models an empty table.
    The same on every database. -#}
{% macro nexus_union(models, columns) -%}
  {%- for model in models %}
select
    {%- for column in columns %}
    {% if columns is mapping %}cast({{ column }} as {{ nexus.nexus_type(columns[column]) }}) as {{ column }}{% else %}{{ column }}{% endif %}{% if not loop.last %},{% endif %}
    {%- endfor %}
from {{ ref(model) if model is string else model }}
{%- if not loop.last %}

union all
{% endif %}
  {%- endfor %}
  {%- if models | length == 0 %}
    {%- if columns is not mapping -%}
      {{ exceptions.raise_compiler_error('nexus_union: there is no model to take columns from; give the columns with their types, {"event_id": "text"}') }}
    {%- endif -%}
{{ nexus.nexus_empty_rows(columns) }}
  {%- endif %}
{%- endmacro %}
