select
  {{ dbt.any_value('active') }} as any_active, {{ dbt.bool_or('active') }} as either, {{ dbt.listagg('name', "'|'", 'order by name') }} as names, {{ dbt.listagg('name', "','", 'order by name desc', 2) }} as two_names, {{ dbt.listagg('id') }} as ids, {{ dbt.array_construct([1, 2]) }} as arr, {{ dbt.array_append(dbt.array_construct([1]), 2) }} as appended, {{ dbt.array_concat('[1]', '[2]') }} as concatenated
from {{ ref('numbers') }} where id = 1
