select id from {{ ref('open_model') }}
