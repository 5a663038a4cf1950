{% macro model_name_of(short) %}{{ return(short ~ '_model') }}{% endmacro %}

{% macro configure(kind) %}{{ config(materialized=kind, tags=['from_macro']) }}{% endmacro %}

{% macro wrap(tag) %}<{{ tag }}>{{ caller() }}</{{ tag }}>{% endmacro %}

{% macro typed(name: str, count: int = 2) -%}{{ name * count }}{%- endmacro %}

{% macro indirect(name) %}{{ return(ref(name)) }}{% endmacro %}

{% macro source_of(table) %}{{ return(source('raw_things', table)) }}{% endmacro %}
