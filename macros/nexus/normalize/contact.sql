{#- Renders an e-mail address as it is compared: trimmed and lower-cased; null where it is no address (one
    @, a domain with a dot, no blanks). Neither dots nor a +suffix are removed: at most providers they make
    another mailbox. expression: SQL text. The first branch is a short cut for what is clean already. By database: nothing here; the regular expression
    helper differs. -#}
{% macro normalize_email(expression) -%}
  {%- set text = 'lower(' ~ nexus.nexus_trim(expression) | trim ~ ')' -%}
  (case when {{ nexus.nexus_regexp_matches(expression, '^[a-z0-9_+-]+([.][a-z0-9_+-]+)*@[a-z0-9-]+([.][a-z0-9-]+)+$') }} then {{ expression }}
        when {{ nexus.nexus_regexp_matches(text, '^[^@ ,;:<>()[:cntrl:]]+@[^@ .,;:<>()[:cntrl:]]+([.][^@ .,;:<>()[:cntrl:]]+)+$') }}
        and {{ text }} not like '.%' and {{ text }} not like '%..%' and {{ text }} not like '%.@%'
        then {{ text }} end)
{%- endmacro %}


{#- Renders a domain as it is compared: lower-cased, without scheme, path, port, last dot and `www.` (unless
    it is the name itself, www.com); null where no domain with a dot is left, and for an IP address. expression: SQL text. The first branch is a
    short cut for what is clean already. The same on every database. -#}
{% macro normalize_domain(expression) -%}
  {%- set text = 'lower(' ~ nexus.nexus_trim(expression) | trim ~ ')' -%}
  {%- set text = nexus.nexus_regexp_remove(text, '^([a-z]+:)?//') | trim -%}
  {%- set text = nexus.nexus_regexp_remove(text, '[/?#].*$') | trim -%}
  {%- set text = nexus.nexus_regexp_remove(text, '[.]?(:[0-9]+)?$') | trim -%}
  (case
    when {{ nexus.nexus_regexp_matches(expression, '^[a-z0-9-]+([.][a-z0-9-]+)*[.][a-z][a-z0-9-]*$') }} and {{ expression }} not like 'www.%' then {{ expression }}
    when not {{ nexus.nexus_regexp_matches(text, '^[^@ .,;:]+([.][^@ .,;:]+)+$') }} then null
    when {{ nexus.nexus_regexp_matches(text, '^[0-9.]+$') }} then null
    when {{ text }} like 'www.%.%' then {{ nexus.nexus_regexp_remove(text, '^www[.]') }}
    else {{ text }}
  end)
{%- endmacro %}


{#- Renders a phone number as it is compared, in the form +<country><number>; null where it cannot be a
    number: fewer than 8 or more than 15 digits, one digit only, 1234567890, 0123456789, letters in it (`tel:` aside). A number
    without country gets `vars: nexus: default_country_code` (1, for ten digits; with another code one leading 0 is dropped).
    The (0) of a number with country is not dialled and dropped.
    expression: SQL text. The first branch is a short cut for what is clean already. By database: nothing here; the regular expression helper differs. -#}
{% macro normalize_phone(expression) -%}
  {%- set code = nexus.nexus_config('default_country_code') | string -%}
  {%- set text = nexus.nexus_regexp_remove('lower(' ~ nexus.nexus_trim(expression) | trim ~ ')', '^tel:') | trim -%}
  {%- set digits = nexus.nexus_regexp_remove(text, '[^0-9]') | trim -%}
  {%- set dialled = nexus.nexus_regexp_remove(nexus.nexus_regexp_remove(text, '[(]0[)]') | trim, '[^0-9]') | trim -%}
  (case
    when {{ nexus.nexus_regexp_matches(expression, '^[+][1-9][0-9]{9,13}$') }}
        and {{ expression }} not in ('+1234567890', '+11234567890', '+10123456789')
        and replace({{ expression }}, substring({{ expression }}, 2, 1), '') <> '+' then {{ expression }}
    when {{ nexus.nexus_regexp_matches(text, '[a-z@]') }} then null
    when length({{ digits }}) not between 8 and 15 then null
    when {{ digits }} in ('1234567890', '0123456789', '11234567890', '10123456789') then null
    when {{ nexus.nexus_regexp_matches(digits, '^(0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)$') }} then null
    when {{ text }} like '+%' or {{ text }} like '(+%' then '+' || {{ dialled }}
    when {{ digits }} like '00%' then '+' || {{ nexus.nexus_regexp_remove(dialled, '^00') }}
    {%- if code == '1' %}
    when length({{ digits }}) = 10 then '+1' || {{ digits }}
    when length({{ digits }}) = 11 and {{ digits }} like '1%' then '+' || {{ digits }}
    {%- else %}
    when length({{ digits }}) <= 11 then '+{{ code }}' || {{ nexus.nexus_regexp_remove(digits, '^0') }}
    {%- endif %}
  end)
{%- endmacro %}


{#- Renders a person's or company's name as it is compared: trimmed, runs of blanks made one, lower-cased;
    null where empty. expression: SQL text. By database: nothing here. -#}
{% macro normalize_name(expression) -%}
  nullif(trim(lower({{ nexus.nexus_regexp_collapse(nexus.nexus_plain_blanks(expression) | trim) }})), '')
{%- endmacro %}

{#- Renders a text with every run of blanks made one space. By database: the function and its flags. -#}
{% macro nexus_regexp_collapse(expression) -%}
  {{ return(adapter.dispatch('nexus_regexp_collapse', 'nexus')(expression)) }}
{%- endmacro %}

{% macro default__nexus_regexp_collapse(expression) -%}
  regexp_replace({{ expression }}, '[[:space:]]+', ' ', 'g')
{%- endmacro %}

{% macro snowflake__nexus_regexp_collapse(expression) -%}
  regexp_replace({{ expression }}, '[[:space:]]+', ' ')
{%- endmacro %}

{% macro bigquery__nexus_regexp_collapse(expression) -%}
  regexp_replace({{ expression }}, r'[[:space:]]+', ' ')
{%- endmacro %}

{% macro redshift__nexus_regexp_collapse(expression) -%}
  regexp_replace({{ expression }}, '[[:space:]]+', ' ')
{%- endmacro %}

{% macro databricks__nexus_regexp_collapse(expression) -%}
  regexp_replace({{ expression }}, r'\s+', ' ')
{%- endmacro %}



{#- Renders the domain of an e-mail address; null for null. expression: a normalised address.
    By database: nothing here; the splitting helper differs. -#}
{% macro email_domain(expression) -%}
  (nullif({{ nexus.nexus_regexp_remove(expression, '^[^@]*@?') }}, ''))
{%- endmacro %}


{#- Renders what stands before the @ of an address. expression: a normalised address. By database: nothing here. -#}
{% macro nexus_before_at(expression) -%}
  {{ nexus.nexus_regexp_remove(expression, '@.*$') }}
{%- endmacro %}


{#- Renders whether a domain belongs to a mail provider, so that it names no company; false for null.
    expression: a normalised domain. `vars: nexus: generic_domains` adds to the list.
    The same on every database. -#}
{% macro is_generic_domain(expression) -%}
  {{ nexus.nexus_in_list(expression, nexus.nexus_config('generic_domains')) }}
{%- endmacro %}


{#- Renders an identifier value as it is compared. expression: SQL text. normalizer: `email`, `phone`, `domain`,
    `name`, `lower` (trimmed and lower-cased) or `text` (trimmed). Null where it cannot be one.
    By database: nothing here. -#}
{% macro nexus_normalize(expression, normalizer) -%}
  {%- if normalizer == 'email' -%}
    {{ nexus.normalize_email(expression) }}
  {%- elif normalizer == 'phone' -%}
    {{ nexus.normalize_phone(expression) }}
  {%- elif normalizer == 'domain' -%}
    {{ nexus.normalize_domain(expression) }}
  {%- elif normalizer == 'name' -%}
    {{ nexus.normalize_name(expression) }}
  {%- elif normalizer == 'lower' -%}
    nullif(lower({{ nexus.nexus_trim(expression) }}), '')
  {%- else -%}
    nullif({{ nexus.nexus_trim(expression) }}, '')
  {%- endif -%}
{%- endmacro %}


{#- Renders the compared form of an identifier by its type: one branch for each type that
    `vars: nexus: identity: identifier_types` gives a normalizer, else trimmed text. By database: nothing here. -#}
{% macro nexus_normalize_by_type(identifier_type, expression) -%}
  case {{ identifier_type }}
    {%- for name, options in nexus.nexus_config('identifier_types').items() if options.get('normalize', 'text') != 'text' %}
    when {{ nexus.nexus_text_literal(name) }} then {{ nexus.nexus_normalize(expression, options['normalize']) }}
    {%- endfor %}
    else case when {{ nexus.nexus_regexp_matches(expression, '^[A-Za-z0-9_-]+$') }} then {{ expression }} else nullif({{ nexus.nexus_trim(expression) }}, '') end
  end
{%- endmacro %}
