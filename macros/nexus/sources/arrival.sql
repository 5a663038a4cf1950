{#- How the tables of a source's records take in only what arrived since the last build, with `vars: nexus: incremental: true`: rows of the newest instant that such a
    table has are deleted by a hook and read again, as more may have arrived in it, with all that is newer. -#}

{#- Renders whether a row arrived with the newest rows of the table being built, or after them; a constant, so that a database may pass over what is older. By database:
    through nexus_timestamp_text. -#}
{% macro nexus_arrived_since() -%}
  {%- set newest = namespace(at=none) -%}
  {%- if execute and nexus.nexus_adds() -%}
    {%- for row in run_query('select ' ~ (nexus.nexus_timestamp_text('max(_ingested_at)') | trim) ~ ' from ' ~ this).rows -%}
      {%- set newest.at = row[0] -%}
    {%- endfor -%}
  {%- endif -%}
  {%- if newest.at is none -%}
    1 = 1
  {%- else -%}
    cast(_ingested_at as {{ nexus.nexus_type('timestamp') }}) >= cast({{ nexus.nexus_text_literal(newest.at.replace('T', ' ').replace('Z', '')) }} as {{ nexus.nexus_type('timestamp') }})
  {%- endif -%}
{%- endmacro %}


{#- Renders the statement of a hook that deletes the rows of the newest arrival from the table being built; nothing where it is built anew. The same on every database. -#}
{% macro nexus_delete_newest_arrival() -%}
{%- if nexus.nexus_adds() -%}
delete from {{ this }}
where {{ nexus.nexus_arrived_since() }}
{%- endif -%}
{%- endmacro %}


{#- Renders the statement of a hook that deletes what arrived last or arrived again from the table being built, where the newest record of a key counts; nothing where it
    is built anew. records: name of the model of records. keys: columns that name a row; a null is a value. The same on every database. -#}
{% macro nexus_delete_arrived_again(records, keys) -%}
{%- if nexus.nexus_adds() -%}
delete from {{ this }}
where {{ nexus.nexus_key_text(keys) }} in (
    select {{ nexus.nexus_key_text(keys) }}
    from {{ ref(records) }}
    where {{ nexus.nexus_arrived_since() }}
)
{%- endif -%}
{%- endmacro %}


{#- Renders columns as one text that no other values give. keys: columns. The same on every database. -#}
{% macro nexus_key_text(keys) -%}
  {%- set parts = [] -%}
  {%- for key in keys -%}
    {%- do parts.append(nexus.nexus_id_part(key) | trim) -%}
  {%- endfor -%}
  {{ parts | join(' || ') }}
{%- endmacro %}
