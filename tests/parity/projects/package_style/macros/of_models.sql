{%- macro long(row) -%}{{ return(row.order_id > 2) }}{%- endmacro -%}
{%- macro maybe(x) -%}{%- if x -%}{{ exceptions.raise_compiler_error('never') }}{%- endif -%}fine{%- endmacro -%}
{%- macro plain(a, b=2) -%}{{ a }}{{ b }}{%- endmacro -%}
{%- macro returns_list() -%}{{ return([1, 2, 3]) }}{%- endmacro -%}
{%- macro returns_none() -%}{{ return(none) }}{%- endmacro -%}
{%- macro texts() %}  padded  {% endmacro -%}
{%- macro frame(title, items=[]) -%}
<{{ title }}>{% for i in items %}{{ caller(i, loop.index0) }}{% endfor %}</{{ title }}>
{%- endmacro -%}
{%- macro opt() -%}{{ caller() if caller is defined else 'no caller' }}{%- endmacro %}
{%- macro deduplicate(relation, partition_by, order_by) -%}
    with row_numbered as (
        select
            _inner.*,
            row_number() over (
                partition by {{ partition_by }}
                order by {{ order_by }}
            ) as rn
        from {{ relation }} as _inner
    )
    select distinct data.* from {{ relation }} as data
    {# equality on everything #}
    natural join row_numbered
    where row_numbered.rn = 1
{%- endmacro -%}
{%- macro expression_is_true(expression, group_by_columns=None, row_condition=None) -%}
    {% set expression %}
    ( {{ expression }} ) as expression
    {% endset %}
    {{ truth(expression, group_by_columns, row_condition) }}
{%- endmacro -%}
{%- macro truth(expression, group_by_columns, row_condition) -%}
with grouped_expression as (
    select
        {% if group_by_columns %}
        {% for group_by_column in group_by_columns -%}
        {{ group_by_column }} as col_{{ loop.index }},
        {% endfor -%}
        {% endif %}
        {{ expression }}
    from {{ ref('orders') }}
    {%- if row_condition %}
    where
        {{ row_condition }}
    {% endif %}
    {% if group_by_columns %}
    group by
    {% for group_by_column in group_by_columns -%}
        {{ group_by_column }}{% if not loop.last %},{% endif %}
    {% endfor %}
    {% endif %}
)
select * from grouped_expression where not(expression)
{%- endmacro -%}
{% macro nested_default(a=none, b=var('nope_b', 'vb')) -%}
{%- set a = a or ['dflt'] -%}{{ a | join('+') }}:{{ b }}
{%- endmacro %}
{% macro late_default(x, y=x * 2) -%}{{ x }}-{{ y }}{%- endmacro %}
{% macro collect(items) -%}{%- for i in items -%}{{ caller(i) }}{%- endfor -%}{%- endmacro %}
{% macro twice_over() -%}{{ caller() ~ caller() }}{%- endmacro %}
