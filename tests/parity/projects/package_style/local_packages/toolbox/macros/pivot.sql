{% macro pivot(column, values, alias=True, agg='sum', cmp='=', prefix='', suffix='', then_value=1, else_value=0, quote_identifiers=True, distinct=False) %}
    {{ return(adapter.dispatch('pivot', 'toolbox')(column, values, alias, agg, cmp, prefix, suffix, then_value, else_value, quote_identifiers, distinct)) }}
{% endmacro %}

{% macro default__pivot(column, values, alias=True, agg='sum', cmp='=', prefix='', suffix='', then_value=1, else_value=0, quote_identifiers=True, distinct=False) %}
  {% for value in values %}
    {{ agg }}(
      {% if distinct %} distinct {% endif %}
      case
      when {{ column }} {{ cmp }} '{{ dbt.escape_single_quotes(value) }}'
        then {{ then_value }}
      else {{ else_value }}
      end
    )
    {% if alias %}
      {% if quote_identifiers %}
            as {{ adapter.quote(prefix ~ value ~ suffix) }}
      {% else %}
        as {{ toolbox.slugify(prefix ~ value ~ suffix) }}
      {% endif %}
    {% endif %}
    {% if not loop.last %},{% endif %}
  {% endfor %}
{% endmacro %}

{% macro slugify(string) %}
{% if not string %}
{{ return('') }}
{% endif %}
{%- set string = string | lower -%}
{%- set string = modules.re.sub('[ -]+', '_', string) -%}
{%- set string = modules.re.sub('[^a-z0-9_]+', '', string) -%}
{%- set string = modules.re.sub('^[0-9]', '_' + string[0], string) -%}
{{ return(string) }}
{% endmacro %}

{% macro column_values(table, column, order_by='count(*) desc', max_records=none, default=none, where=none) -%}
    {{ return(adapter.dispatch('column_values', 'toolbox')(table, column, order_by, max_records, default, where)) }}
{% endmacro %}

{% macro default__column_values(table, column, order_by='count(*) desc', max_records=none, default=none, where=none) -%}
    {% if not execute %}
        {% set default = [] if not default %}
        {{ return(default) }}
    {% endif %}
    {%- set relation_exists = (load_relation(table) is not none) or false -%}
    {%- call statement('get_column_values', fetch_result=true) %}
        {%- if not relation_exists and default is none -%}
          {{ exceptions.raise_compiler_error("In toolbox.column_values(): relation " ~ table ~ " does not exist") }}
        {%- elif not relation_exists and default is not none -%}
          {{ log("Relation " ~ table ~ " does not exist. Returning the default value: " ~ default) }}
          {{ return(default) }}
        {%- else -%}
            select
                {{ column }} as value
            from {{ table }}
            {% if where is not none %}
            where {{ where }}
            {% endif %}
            group by {{ column }}
            order by {{ order_by }}
            {% if max_records is not none %}
            limit {{ max_records }}
            {% endif %}
        {% endif %}
    {%- endcall -%}
    {%- set value_list = load_result('get_column_values') -%}
    {%- if value_list and value_list['data'] -%}
        {%- set values = value_list['data'] | map(attribute=0) | list %}
        {{ return(values) }}
    {%- else -%}
        {{ return(default) }}
    {%- endif -%}
{%- endmacro %}
