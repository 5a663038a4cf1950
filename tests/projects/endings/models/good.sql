{{ config(group='finance', tags=['x']) }} select * from {{ ref('s') }}
