{# A unit test: the model's query over given rows, beside the expected rows. #}
{%- materialization unit, default -%}

  {%- set header = config.get('sql_header') if flags.REQUIRE_SQL_HEADER_IN_TEST_CONFIGS else none -%}
  {%- set expected_rows = config.get('expected_rows') -%}
  {%- set names = expected_rows[0].keys() if expected_rows else get_columns_in_query(sql) -%}

  {#- The types that the expected rows are cast to are those of the query. -#}
  {%- set shape = make_temp_relation(this.incorporate(type='table')) -%}
  {%- do run_query(get_create_table_as_sql(True, shape, get_empty_subquery_sql(sql))) -%}
  {%- set types = {} -%}
  {%- set quoted = {} -%}
  {%- for column in adapter.get_columns_in_relation(shape) -%}
    {%- do types.update({column.name | lower: column.data_type}) -%}
    {%- do quoted.update({column.name | lower: column.quoted}) -%}
  {%- endfor -%}
  {%- set compared = [] -%}
  {%- for name in names -%}
    {%- do compared.append(quoted[name | lower]) -%}
  {%- endfor -%}
  {%- set expected = config.get('expected_sql') or get_expected_sql(expected_rows, types, quoted) -%}

  {%- call statement('main', fetch_result=True) -%}
    {{ header or '' }}
    {{ get_unit_test_sql(sql, expected, compared) }}
  {%- endcall -%}
  {%- do adapter.drop_relation(shape) -%}

  {{ return({'relations': []}) }}

{%- endmaterialization -%}
