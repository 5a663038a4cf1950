{{ config(hours_to_expiration=-1, tags=['x']) }}
select * from {{ ref('a') }}
