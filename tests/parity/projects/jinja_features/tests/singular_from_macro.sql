{{ config(severity='warn') }}
select * from {{ ref('base_model') }} where id <> {{ var('number') - 6 }}
