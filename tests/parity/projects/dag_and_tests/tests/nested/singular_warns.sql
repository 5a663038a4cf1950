{{ config(severity='warn', tags=['singular'], store_failures=true, alias='stored_singular') }}
select id from {{ ref('stg_people') }} where id > {{ var('threshold') }}
