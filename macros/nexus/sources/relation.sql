{#- Returns the relation of an adapter's raw table: the node that `vars: nexus: sources: <source>:
    tables: <table>: ref` names (a seed or model of the project, or of another package as
    `package.name`; it is then built first), else the declared source, whose location the same vars set. The same on every database. -#}
{% macro nexus_source_relation(source_name, table_name) -%}
  {%- set settings = var('nexus', {}).get('sources', {}).get(source_name, {}).get('tables', {}).get(table_name, {}) -%}
  {%- if settings.get('ref') -%}
    {%- set parts = settings.get('ref').split('.') -%}
    {{ return(ref(parts[0] if parts | length > 1 else project_name, parts[-1])) }}
  {%- else -%}
    {{ return(source(source_name, table_name)) }}
  {%- endif -%}
{%- endmacro %}


{#- Returns whether `vars: nexus: sources: <source>: enabled` switches an adapter on; off by default.
    The same on every database. -#}
{% macro nexus_source_enabled(source_name) -%}
  {{ return(var('nexus', {}).get('sources', {}).get(source_name, {}).get('enabled', false)) }}
{%- endmacro %}


{#- Returns whether the models of an adapter of this package are built: the source is on, and not `shipped: false`, by which a
    project says that it has these models itself (`nexus source add`). The same on every database. -#}
{% macro nexus_source_shipped(source_name) -%}
  {%- set settings = var('nexus', {}).get('sources', {}).get(source_name, {}) -%}
  {{ return(settings.get('enabled', false) and settings.get('shipped', true)) }}
{%- endmacro %}
