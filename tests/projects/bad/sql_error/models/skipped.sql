select * from {{ ref('fails') }}
