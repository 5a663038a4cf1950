select * from {{ source('shop', 'things') }}
