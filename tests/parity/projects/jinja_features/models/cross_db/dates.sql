select
  {{ dbt.dateadd('day', 3, "cast('2024-01-30' as date)") }} as added, {{ dbt.dateadd(datepart='month', interval=-1, from_date_or_timestamp="cast('2024-03-31' as timestamp)") }} as less,
  {{ dbt.datediff("'2024-01-01'::date", "'2024-03-01'::date", 'day') }} as days, {{ dbt.datediff("'2024-01-01'::timestamp", "'2024-03-01'::timestamp", 'month') }} as months,
  {{ dbt.date_trunc('month', "'2024-02-17'::date") }} as truncated, {{ dbt.last_day("'2024-02-17'::date", 'month') }} as last_month_day, {{ dbt.last_day("'2024-02-17'::date", 'quarter') }} as last_quarter_day,
  {{ dbt.date(2024, 2, 3) }} as made
