select
  cast('a' as {{ dbt.type_string() }}) as a, cast(1 as {{ dbt.type_int() }}) as b, cast(1 as {{ dbt.type_bigint() }}) as c, cast(1.5 as {{ dbt.type_float() }}) as d,
  cast(1.5 as {{ dbt.type_numeric() }}) as e, cast('2024-01-01' as {{ dbt.type_timestamp() }}) as f, cast(true as {{ dbt.type_boolean() }}) as g, cast(1 as {{ type_int() }}) as unqualified
