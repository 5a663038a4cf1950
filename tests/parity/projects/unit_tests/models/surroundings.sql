select
    '{{ var("country") }}' as country,
    {{ var("limits").high }} as high,
    '{{ env_var("NEXUS_UNIT_REGION", "none") }}' as region,
    {{ helpers.fixed_day() }} as a_day,
    {{ today() }} as today,
    {{ shout("'x'") }} as shouted,
    {{ dbt.length("'four'") }} as letters,
    {{ helpers.shout("name") }} as name
from {{ ref('people') }}
