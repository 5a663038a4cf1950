select
  {{ dbt.listagg("name", "', '", "order by id", 2) }} as two,
  {{ dbt.listagg("name", "', '", "order by id") }} as every,
  {{ dbt.any_value("name") }} as some_name,
  {{ dbt.bool_or("ok") }} as any_ok,
  (select count(*) from ({{ dbt.generate_series(10) }}) as series) as series,
  (select count(*) from ({{ dbt.date_spine('day', "'2024-01-01'::date", "'2024-01-05'::date") }}) as spine) as spine
from {{ ref('plain') }}
{{ dbt.intersect() if false }}
