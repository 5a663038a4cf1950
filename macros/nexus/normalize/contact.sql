{#- Renders an e-mail address as it is compared: trimmed and lower-cased; null where it is no address (one
    @, a domain with a dot, no blanks). Neither dots nor a +suffix are removed: at most providers they make
    another mailbox. expression: SQL text. By database: nothing here; the regular expression helper differs. -#}
{% macro normalize_email(expression) -%}
  {%- set text = 'lower(trim(' ~ expression ~ '))' -%}
  (case when {{ nexus.nexus_regexp_matches(text, '^[^@ ,;:<>()[:cntrl:]]+@[^@ .,;:<>()[:cntrl:]]+([.][^@ .,;:<>()[:cntrl:]]+)+$') }}
        and {{ text }} not like '.%' and {{ text }} not like '%..%' and {{ text }} not like '%.@%'
        then {{ text }} end)
{%- endmacro %}


{#- Renders a domain as it is compared: lower-cased, without scheme, path, port, `www.` and last dot;
    null where no domain with a dot is left. expression: SQL text. The same on every database. -#}
{% macro normalize_domain(expression) -%}
  {%- set text = nexus.nexus_regexp_remove('lower(trim(' ~ expression ~ '))', '^[a-z]+://') | trim -%}
  {%- set text = nexus.nexus_regexp_remove(text, '[/?#].*$') | trim -%}
  {%- set text = nexus.nexus_regexp_remove(text, '(:[0-9]+|[.])$') | trim -%}
  {%- set text = nexus.nexus_regexp_remove(text, '^www[.]') | trim -%}
  (case when {{ nexus.nexus_regexp_matches(text, '^[^@ .,;:]+([.][^@ .,;:]+)+$') }} then {{ text }} end)
{%- endmacro %}


{#- Renders a phone number as it is compared, in the form +<country><number>; null where it cannot be a
    number: fewer than 8 or more than 15 digits, one digit only, 1234567890, 0123456789, letters in it. A number of ten digits without
    country gets `vars: nexus: default_country_code` (1); with another code set, one leading 0 is dropped.
    expression: SQL text. By database: nothing here; the regular expression helper differs. -#}
{% macro normalize_phone(expression) -%}
  {%- set code = nexus.nexus_settings()['default_country_code'] | string -%}
  {%- set trimmed = 'trim(' ~ expression ~ ')' -%}
  {%- set digits = nexus.nexus_regexp_remove(expression, '[^0-9]') | trim -%}
  {%- set national = nexus.nexus_regexp_remove(digits, '^0') | trim -%}
  (case
    when {{ nexus.nexus_regexp_matches('lower(' ~ expression ~ ')', '[a-z@]') }} then null
    when length({{ digits }}) not between 8 and 15 then null
    when {{ digits }} in ('1234567890', '0123456789', '11234567890', '10123456789') then null
    when {{ nexus.nexus_regexp_remove(digits, '0') | trim }} = '' then null
    {%- for digit in ['1', '2', '3', '4', '5', '6', '7', '8', '9'] %}
    when {{ nexus.nexus_regexp_remove(digits, digit) | trim }} = '' then null
    {%- endfor %}
    when {{ trimmed }} like '+%' or {{ trimmed }} like '(+%' then '+' || {{ digits }}
    when {{ digits }} like '00%' then '+' || substring({{ digits }} from 3)
    {%- if code == '1' %}
    when length({{ digits }}) = 10 then '+1' || {{ digits }}
    when length({{ digits }}) = 11 and {{ digits }} like '1%' then '+' || {{ digits }}
    {%- else %}
    when length({{ digits }}) <= 11 then '+{{ code }}' || {{ national }}
    {%- endif %}
  end)
{%- endmacro %}


{#- Renders a person's or company's name as it is compared: trimmed, runs of blanks made one, lower-cased;
    null where empty. expression: SQL text. By database: nothing here. -#}
{% macro normalize_name(expression) -%}
  nullif(trim(lower({{ nexus.nexus_regexp_collapse(expression) }})), '')
{%- endmacro %}

{#- Renders a text with every run of blanks made one space. By database: the function and its flags. -#}
{% macro nexus_regexp_collapse(expression) -%}
  {{ return(adapter.dispatch('nexus_regexp_collapse', 'nexus')(expression)) }}
{%- endmacro %}

{% macro default__nexus_regexp_collapse(expression) -%}
  regexp_replace({{ expression }}, '[[:space:]]+', ' ', 'g')
{%- endmacro %}


{#- Renders the domain of an e-mail address; null for null. expression: a normalised address.
    The same on every database. -#}
{% macro email_domain(expression) -%}
  (nullif(split_part({{ expression }}, '@', 2), ''))
{%- endmacro %}


{#- Renders whether a domain belongs to a mail provider, so that it names no company; false for null.
    expression: a normalised domain. `vars: nexus: generic_domains` adds to the list.
    The same on every database. -#}
{% macro is_generic_domain(expression) -%}
  coalesce({{ expression }} in ({{ nexus.nexus_text_literals(nexus.nexus_settings()['generic_domains']) }}), false)
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
    nullif(lower(trim({{ expression }})), '')
  {%- else -%}
    nullif(trim({{ expression }}), '')
  {%- endif -%}
{%- endmacro %}


{#- Renders the compared form of an identifier by its type: one branch for each type that
    `vars: nexus: identity: identifier_types` gives a normalizer, else trimmed text. By database: nothing here. -#}
{% macro nexus_normalize_by_type(identifier_type, expression) -%}
  case {{ identifier_type }}
    {%- for name, options in nexus.nexus_settings()['identifier_types'].items() if options.get('normalize', 'text') != 'text' %}
    when {{ nexus.nexus_text_literal(name) }} then {{ nexus.nexus_normalize(expression, options['normalize']) }}
    {%- endfor %}
    else nullif(trim({{ expression }}), '')
  end
{%- endmacro %}
