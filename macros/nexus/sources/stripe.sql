{#- Renders an amount in whole units from Stripe's smallest unit: a hundredth, or the unit itself for the
    currencies that have no smaller one, or a thousandth. amount, currency: SQL expressions; the currency
    is lower case. The same on every database. -#}
{% macro stripe_amount(amount, currency) -%}
  cast({{ amount }} as {{ dbt.type_numeric() }}) / case
    when {{ currency }} in ('bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'ugx', 'vnd', 'vuv', 'xaf', 'xof', 'xpf') then 1
    when {{ currency }} in ('bhd', 'jod', 'kwd', 'omr', 'tnd') then 1000
    else 100
  end
{%- endmacro %}
