select count(*) as levels from {{ ref('helpers', 'helper_levels') }}
