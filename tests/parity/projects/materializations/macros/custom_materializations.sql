{% materialization copied, default %}
  {%- set target_relation = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {%- if existing is not none -%}{% do adapter.drop_relation(existing) %}{%- endif -%}
  {% call statement('main') -%}
    create table {{ target_relation }} as
    select *, '{{ config.get("stamp", "none") }}' as stamped from ({{ sql }}) copied
  {%- endcall %}
  {% do adapter.commit() %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization only_duckdb, adapter='duckdb', supported_languages=['sql'] %}
  {%- set target_relation = this.incorporate(type='view') -%}
  {% call statement('main') -%}
    create or replace view {{ target_relation }} as {{ sql }}
  {%- endcall %}
  {% do adapter.commit() %}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% materialization only_duckdb, default %}
  {{ exceptions.raise_compiler_error('the adapter has its own') }}
{% endmaterialization %}
