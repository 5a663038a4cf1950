select {{ dbt.equals('1', '1') }} as same from ({{ get_limit_subquery_sql('select 1 as a', 5) }}) limited
