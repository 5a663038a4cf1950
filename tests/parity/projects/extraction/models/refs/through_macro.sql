select id from {{ indirect('base_model') }} union all select id from {{ source_of('numbers') }}
