{#- Renders a row id: `<prefix>_<32 hex>`. id_type: what kind of row (`event`, `state`, …), which gives the
    prefix; a kind of your own is its own prefix. columns: SQL expressions that make the row unique; constants
    come quoted. A part is hashed as `<length>:<text>` and null as `-`, so that ('a-b', 'c'), ('a', 'b-c'),
    (null) and ('') all differ. A name that ends in `_at` is a timestamp and is hashed in its canonical form.
    By database: nothing here; the helpers differ. -#}
{% macro create_nexus_id(id_type, columns) -%}
  '{{ nexus.nexus_id_prefix(id_type) }}_' || {{ nexus.nexus_id_hash(columns) }}
{%- endmacro %}


{#- Renders the hash of a row id, 32 hex digits. columns: as create_nexus_id. By database: how the parts are put together; the result is the same. -#}
{% macro nexus_id_hash(columns) -%}
  {{ return(adapter.dispatch('nexus_id_hash', 'nexus')(columns)) }}
{%- endmacro %}

{% macro default__nexus_id_hash(columns) -%}
  {%- set parts = [] -%}
  {%- for column in columns -%}
    {%- do parts.append(nexus.nexus_id_part(column)) -%}
  {%- endfor -%}
  {{ nexus.nexus_md5(parts | join(' || ')) }}
{%- endmacro %}

{#- Each `||` writes a text anew; concat() writes one, and passes over a null. -#}
{% macro duckdb__nexus_id_hash(columns) -%}
  {%- set parts = [] -%}
  {%- for column in columns -%}
    {%- if column is none -%}
      {%- do parts.append("'-'") -%}
    {%- else -%}
      {%- set text = nexus.nexus_canonical_text(column) | trim -%}
      {%- do parts.append("coalesce(cast(length(" ~ text ~ ") as varchar) || ':', '-'), " ~ text) -%}
    {%- endif -%}
  {%- endfor -%}
  {{ nexus.nexus_md5('concat(' ~ parts | join(', ') ~ ')') }}
{%- endmacro %}


{#- Renders one part of a hash input. column: SQL expression. The same on every database. -#}
{% macro nexus_id_part(column) -%}
  {%- if column is none -%}
    '-'
  {%- else -%}
    {%- set text = nexus.nexus_canonical_text(column) | trim -%}
    coalesce(cast(length({{ text }}) as {{ dbt.type_string() }}) || ':' || {{ text }}, '-')
  {%- endif -%}
{%- endmacro %}


{#- Renders the text of a value that is the same on every database: a timestamp (its name ends in `_at`)
    as UTC ISO-8601 with microseconds, anything else as its cast to text. The same on every database. -#}
{% macro nexus_canonical_text(column) -%}
  {%- if column.endswith('_at') -%}
    {{ nexus.nexus_timestamp_text(column) }}
  {%- else -%}
    cast({{ column }} as {{ dbt.type_string() }})
  {%- endif -%}
{%- endmacro %}


{#- Returns the prefix of a kind of row. id_type: text. The same on every database. -#}
{% macro nexus_id_prefix(id_type) -%}
  {%- set prefixes = {
      'event': 'evt', 'event_measurement': 'evt_msr', 'event_dimension': 'evt_dim',
      'entity_identifier': 'ent_idfr', 'entity_trait': 'ent_tr', 'computed_trait': 'cmp_tr', 'entity_edge': 'ent_edg', 'entity_participant': 'ent_prt',
      'relationship_declaration': 'rel_decl', 'relationship': 'rel', 'membership': 'mem',
      'person': 'per', 'group': 'grp', 'person_identifier': 'per_idfr', 'group_identifier': 'grp_idfr',
      'state': 'st', 'entity_state': 'es', 'reject': 'rej', 'quarantine': 'qrt', 'identity_ledger': 'idn_ldg', 'identity_log': 'idn_log'
  } -%}
  {{ return(prefixes.get(id_type, id_type)) }}
{%- endmacro %}


{#- Renders the md5 of a text, 32 lower-case hex digits. text: SQL expression. By database: the function. -#}
{% macro nexus_md5(text) -%}
  {{ return(adapter.dispatch('nexus_md5', 'nexus')(text)) }}
{%- endmacro %}

{% macro default__nexus_md5(text) -%}
  md5({{ text }})
{%- endmacro %}

{% macro bigquery__nexus_md5(text) -%}
  to_hex(md5({{ text }}))
{%- endmacro %}
