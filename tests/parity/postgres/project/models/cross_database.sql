with dates as (
  select id, born as d, seen_at as t, name, amount from {{ ref('plain') }} where born is not null
)
select
  id,
  {{ dbt.dateadd('day', 3, 'd') }} as added,
  {{ dbt.dateadd('month', '-1', 't') }} as taken,
  {% for part in ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond'] %}
  {{ dbt.datediff("d", "t", part) }} as diff_{{ part }},
  {% endfor %}
  {{ dbt.date_trunc('month', 't') }} as truncated,
  {{ dbt.last_day('d', 'month') }} as last_of_month,
  {{ dbt.last_day('d', 'quarter') }} as last_of_quarter,
  {{ dbt.split_part("'a|b|c'", "'|'", 2) }} as piece,
  {{ dbt.split_part("'a|b|c'", "'|'", -1) }} as last_piece,
  {{ dbt.hash('name') }} as hashed,
  {{ dbt.concat(["name", "'-'", "'x'"]) }} as joined,
  {{ dbt.position("'n'", "name") }} as at,
  {{ dbt.right("name", 2) }} as ending,
  {{ dbt.length("name") }} as size,
  {{ dbt.replace("name", "'n'", "'m'") }} as replaced,
  {{ dbt.safe_cast("amount", api.Column.translate_type("string")) }} as as_text,
  {{ dbt.cast_bool_to_text("true") }} as as_bool,
  {{ dbt.equals("name", "'ann'") }} as is_ann,
  {{ dbt.array_construct([1, 2, 3]) }} as numbers,
  {{ dbt.array_append(dbt.array_construct([1]), 2) }} as more_numbers,
  {{ dbt.array_concat(dbt.array_construct([1]), dbt.array_construct([2])) }} as all_numbers,
  {{ dbt.date(2024, 2, 29) }} as leap_day,
  cast('2024-01-01' as {{ dbt.type_timestamp() }}) as made,
  cast(1 as {{ dbt.type_numeric() }}) as one, cast(1 as {{ dbt.type_bigint() }}) as big, cast(1 as {{ dbt.type_float() }}) as f,
  cast(1 as {{ dbt.type_int() }}) as i, cast('a' as {{ dbt.type_string() }}) as s, cast(true as {{ dbt.type_boolean() }}) as b
from dates
