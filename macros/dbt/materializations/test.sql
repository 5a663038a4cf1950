{# A data test: counts the failing rows, or stores them and counts what was stored. #}
{%- materialization test, default -%}

  {%- set relations = [] -%}
  {%- set header = config.get('sql_header') if flags.REQUIRE_SQL_HEADER_IN_TEST_CONFIGS else none -%}
  {%- set failing -%}
    {{ get_limit_subquery_sql(sql, config.get('limit')) }}
  {%- endset -%}

  {%- if should_store_failures() -%}
    {%- set kind = config.get('store_failures_as') or 'table' -%}
    {%- if kind not in ['table', 'view'] -%}
      {%- do exceptions.raise_compiler_error(
          "store_failures_as can be `ephemeral`, `table` or `view`, not `" ~ kind ~ "`") -%}
    {%- endif -%}
    {%- set stored = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type=kind) -%}
    {%- set existing = adapter.get_relation(database=database, schema=schema, identifier=model['alias']) -%}
    {%- if existing -%}
      {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {%- call statement(auto_begin=True) -%}
      {{ header or '' }}
      {{ get_create_sql(stored, failing) }}
    {%- endcall -%}
    {%- do relations.append(stored) -%}
    {%- set failing = 'select * from ' ~ stored -%}
    {%- do adapter.commit() -%}
  {%- endif -%}

  {%- call statement('main', fetch_result=True) -%}
    {{ header or '' }}
    {{ get_test_sql(failing, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), limit=none) }}
  {%- endcall -%}

  {{ return({'relations': relations}) }}

{%- endmaterialization -%}
