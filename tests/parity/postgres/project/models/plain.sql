select id, "Name" as name, amount, born, seen_at, ok,
  case when {{ var('later') }} and id = 2 then 'changed' else 'first' end as state
from {{ ref('people') }}
