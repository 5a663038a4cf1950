{#- Returns the rows of a query on the table that is being built; none while parsing, and where it is built anew. query: SQL. A table that was built before `incremental` was
    switched on lacks what is asked for: that stops the run. The same on every database. -#}
{% macro nexus_ask_this(query) -%}
  {%- if not (execute and nexus.nexus_adds()) -%}
    {{ return([]) }}
  {%- endif -%}
  {%- set found = adapter.get_columns_in_relation(this) | map(attribute='name') | map('lower') | list -%}
  {%- if '_batch' not in found -%}
    {%- do nexus.nexus_configuration_error('`' ~ this.identifier ~ '` was built before `incremental: true` stood under `vars: nexus`', 'build once with `--full-refresh`') -%}
  {%- endif -%}
  {{ return(run_query(query).rows) }}
{%- endmacro %}


{#- Returns source → the newest `_ingested_at` that the table being built has of it, as text. The same on every database. -#}
{% macro nexus_watermarks() -%}
  {%- set query -%}
select source, {{ nexus.nexus_timestamp_text('max(_ingested_at)') }} from {{ this }} where source is not null and _ingested_at is not null group by source
  {%- endset -%}
  {%- set watermarks = {} -%}
  {%- for row in nexus.nexus_ask_this(query) -%}
    {%- do watermarks.update({row[0]: row[1]}) -%}
  {%- endfor -%}
  {{ return(watermarks) }}
{%- endmacro %}


{#- Renders whether a source's row is none that the table being built has: it came after the newest of its source, or with it and is not there.
    source: name. key: column of the row id. ingested: expression of the time of arrival. watermarks: as nexus_watermarks. By database: nothing here. -#}
{% macro nexus_is_new(source, key, ingested, watermarks) -%}
  {%- if source in watermarks -%}
    {%- set watermark = nexus.nexus_watermark(watermarks[source]) | trim -%}
    {{ ingested }} >= {{ watermark }}
    and ({{ ingested }} > {{ watermark }} or cast({{ key }} as {{ dbt.type_string() }}) not in (select {{ key }} from {{ this }} where _ingested_at = {{ watermark }}))
  {%- else -%}
    1 = 1
  {%- endif -%}
{%- endmacro %}


{#- Renders whether a source's row came with the newest that the table being built has of it, or later. Arguments: as nexus_is_new. By database: nothing here. -#}
{% macro nexus_is_newest(source, ingested, watermarks) -%}
  {%- if source in watermarks -%}
    {{ ingested }} >= {{ nexus.nexus_watermark(watermarks[source]) }}
  {%- else -%}
    1 = 1
  {%- endif -%}
{%- endmacro %}


{#- Renders a watermark. text: as nexus_watermarks has it. The same on every database. -#}
{% macro nexus_watermark(text) -%}
  cast({{ nexus.nexus_text_literal(text.replace('T', ' ').replace('Z', '')) }} as {{ nexus.nexus_type('timestamp') }})
{%- endmacro %}


{#- Renders the number of the batch that is being written: the time at which the run began, or one more than the newest of the table, whichever is greater. So it
    grows from run to run, also past a full refresh. The same on every database. -#}
{% macro nexus_this_batch() -%}
  {%- set began = run_started_at.strftime('%y%m%d%H%M%S%f') | int -%}
  {%- set before = namespace(batch=0) -%}
  {%- if nexus.nexus_adds() -%}
    {%- for row in nexus.nexus_ask_this('select coalesce(max(_batch), 0) from ' ~ this) -%}
      {%- set before.batch = row[0] | int -%}
    {%- endfor -%}
  {%- endif -%}
  cast({{ began if began > before.batch else before.batch + 1 }} as {{ dbt.type_bigint() }})
{%- endmacro %}


{#- Renders the column of the batch, with the comma before it; nothing unless only new rows are read. expression: its value. The same on every database. -#}
{% macro nexus_batch_column(expression, name='_batch') -%}
  {%- if nexus.nexus_config('incremental') -%},
    {{ expression }} as {{ name }}
  {%- endif -%}
{%- endmacro %}
