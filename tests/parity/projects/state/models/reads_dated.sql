select dated.at from {{ ref('dated') }} as dated
cross join {{ ref('unchanged') }}
