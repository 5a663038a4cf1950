select * from {{ ref('open_model') }}
