select * from {{ source('nowhere', 't') }}
