{#- Renders the first group of a regular expression in a text, null where it does not match.
    text: SQL expression. pattern: RE2 with one group, without quotes and backslashes.
    By database: the name and arguments of the function. -#}
{% macro nexus_regexp_group(text, pattern) -%}
  {{ return(adapter.dispatch('nexus_regexp_group', 'nexus')(text, pattern)) }}
{%- endmacro %}

{% macro default__nexus_regexp_group(text, pattern) -%}
  (regexp_match({{ text }}, '{{ pattern }}'))[1]
{%- endmacro %}

{% macro duckdb__nexus_regexp_group(text, pattern) -%}
  nullif(regexp_extract({{ text }}, '{{ pattern }}', 1), '')
{%- endmacro %}

{% macro bigquery__nexus_regexp_group(text, pattern) -%}
  regexp_extract({{ text }}, r'{{ pattern }}')
{%- endmacro %}

{% macro redshift__nexus_regexp_group(text, pattern) -%}
  nullif(regexp_substr({{ text }}, '{{ pattern }}', 1, 1, 'e'), '')
{%- endmacro %}

{% macro snowflake__nexus_regexp_group(text, pattern) -%}
  nullif(regexp_substr({{ text }}, '{{ pattern }}', 1, 1, 'e', 1), '')
{%- endmacro %}

{% macro databricks__nexus_regexp_group(text, pattern) -%}
  nullif(regexp_extract({{ text }}, r'{{ nexus.nexus_java_pattern(pattern) }}', 1), '')
{%- endmacro %}


{#- Renders a select with one row for each entry of an address header (RFC 5322): commas inside a
    quoted display name do not separate. relation: a CTE or relation. columns: list of its columns to
    keep. header: expression of the header's text. The entry is the trimmed text column `element`.
    By database: how matches of a regular expression become rows. -#}
{% macro nexus_address_elements(relation, columns, header) -%}
  {{ return(adapter.dispatch('nexus_address_elements', 'nexus')(relation, columns, header)) }}
{%- endmacro %}

{#- Text in quotes (with escaped characters), or anything but a comma and a quote. -#}
{% macro nexus_address_pattern() -%}
  (?:"(?:[^"\\]|\\.)*"|[^",])+
{%- endmacro %}

{% macro default__nexus_address_elements(relation, columns, header) -%}
  select {{ columns | join(', ') }}, trim(entries.entry[1]) as element
  from {{ relation }}
  cross join lateral regexp_matches({{ header }}, '{{ nexus.nexus_address_pattern() }}', 'g') as entries(entry)
  where trim(entries.entry[1]) <> ''
{%- endmacro %}

{% macro duckdb__nexus_address_elements(relation, columns, header) -%}
  select {{ columns | join(', ') }}, trim(entry) as element
  from (
    select {{ columns | join(', ') }}, unnest(regexp_extract_all({{ header }}, '{{ nexus.nexus_address_pattern() }}')) as entry
    from {{ relation }}
  ) as entries
  where trim(entry) <> ''
{%- endmacro %}

{% macro bigquery__nexus_address_elements(relation, columns, header) -%}
  select {{ columns | join(', ') }}, trim(entry) as element
  from {{ relation }}
  cross join unnest(regexp_extract_all({{ header }}, r'''{{ nexus.nexus_address_pattern() }}''')) as entry
  where trim(entry) <> ''
{%- endmacro %}

{#- No function gives several rows, so each row is joined with the numbers to 1,000, of which as many stay as there are entries. -#}
{% macro redshift__nexus_address_elements(relation, columns, header) -%}
  {%- set pattern = nexus.nexus_address_pattern() | trim | replace('\\', '\\\\') -%}
  {%- set digits -%}
    (select 0 as digit{% for digit in range(1, 10) %} union all select {{ digit }}{% endfor %})
  {%- endset -%}
  select {{ columns | join(', ') }}, trim(regexp_substr({{ header }}, '{{ pattern }}', 1, numbers.number, 'p')) as element
  from {{ relation }}
  cross join (
    select 1 + ones.digit + 10 * tens.digit + 100 * hundreds.digit as number
    from {{ digits }} as ones
    cross join {{ digits }} as tens
    cross join {{ digits }} as hundreds
  ) as numbers
  where numbers.number <= regexp_count({{ header }}, '{{ pattern }}', 1, 'p')
    and trim(regexp_substr({{ header }}, '{{ pattern }}', 1, numbers.number, 'p')) <> ''
{%- endmacro %}

{#- Every group captures there; a text in dollars keeps its backslashes. -#}
{% macro snowflake__nexus_address_elements(relation, columns, header) -%}
  select {{ columns | join(', ') }}, trim(cast(entries.value as varchar)) as element
  from {{ relation }},
  lateral flatten(input => regexp_substr_all({{ header }}, $${{ nexus.nexus_address_pattern() | replace('(?:', '(') }}$$)) as entries
  where trim(cast(entries.value as varchar)) <> ''
{%- endmacro %}

{% macro databricks__nexus_address_elements(relation, columns, header) -%}
  select {{ columns | join(', ') }}, trim(entry) as element
  from {{ relation }}
  lateral view explode(regexp_extract_all({{ header }}, r'{{ nexus.nexus_address_pattern() }}', 0)) entries as entry
  where trim(entry) <> ''
{%- endmacro %}


{#- Renders the address of one header entry: what stands in angle brackets, else the whole entry.
    entry: SQL expression. The same on every database. -#}
{% macro nexus_mailbox_address(entry) -%}
  trim(coalesce({{ nexus.nexus_regexp_group(entry, '<([^<>]*)>[^<>]*$') }}, {{ entry }}))
{%- endmacro %}


{#- Renders the display name of one header entry, without its quotes; null where there is none.
    entry: SQL expression. The same on every database. -#}
{% macro nexus_mailbox_name(entry) -%}
  nullif(trim(replace(replace(
    coalesce({{ nexus.nexus_regexp_group(entry, '^[ ]*"(.*)"[ ]*<') }}, {{ nexus.nexus_regexp_group(entry, '^([^<>]*)<') }}),
    chr(92) || '"', '"'), chr(92) || chr(92), chr(92))), '')
{%- endmacro %}


{#- Renders whether an address is a mailbox that several people read, such as info@ or support@. Such an
    address identifies nobody and must be linked to nothing. email: expression of a normalised address.
    The local parts come from `vars: nexus: shared_mailboxes`. The same on every database. -#}
{% macro nexus_is_shared_mailbox(email) -%}
  {{ nexus.nexus_in_list(nexus.nexus_before_at(email) | trim, nexus.nexus_config('shared_mailboxes')) }}
{%- endmacro %}


{#- Renders whether a domain is one of ours, from `vars: nexus: internal_domains`; false for null.
    domain: expression of a normalised domain. The same on every database. -#}
{% macro nexus_is_internal_domain(domain) -%}
  {{ nexus.nexus_in_list(domain, nexus.nexus_config('internal_domains')) }}
{%- endmacro %}


{#- Renders whether an address is one of ours: it is in `vars: nexus: internal_emails` or its domain in
    `internal_domains`; false for null. email: expression of a normalised address. The same on every database. -#}
{% macro nexus_is_internal_email(email) -%}
  ({{ nexus.nexus_in_list(email, nexus.nexus_config('internal_emails')) }} or {{ nexus.nexus_is_internal_domain(nexus.email_domain(email) | trim) }})
{%- endmacro %}
