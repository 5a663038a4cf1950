select 1 as id from {{ ref('versioned') }}, {{ ref('alpha_model') }}, {{ source('raw_things', 'numbers') }}, {{ ref('base_model') }}, {{ ref('other', 'alpha_model') }} again
