{{ config(warn_if='>100', error_if='>1000', limit=10) }}
select * from {{ ref('eph_top') }} where id is null
