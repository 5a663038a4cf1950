{{ config(severity='WARN') }}
select * from {{ ref('customers') }} where id is null
