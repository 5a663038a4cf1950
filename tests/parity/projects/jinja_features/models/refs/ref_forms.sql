{%- set chosen = 'base_model' %}
select id, '{{ ref(chosen).identifier }}' as name from {{ ref('base_model') }}
union all select id, '' from {{ ref('jinja_features', 'base_model') }}
union all select id, '' from {{ builtins.ref('base_model') }}
union all select cast(v as integer), '' from {{ ref('versioned', version=1) }}
union all select cast(v as integer), '' from {{ ref('versioned', v=2) }}
union all select cast(v as integer), '' from {{ ref('versioned') }}
union all select 0, package from {{ ref('alpha', 'shared_name') }}
union all select 0, who from {{ ref('alpha_model') }}
union all select id, name from {{ source('raw_things', 'numbers') }}
