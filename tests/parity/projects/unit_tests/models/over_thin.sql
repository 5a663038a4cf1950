with base as (select * from {{ ref('thin') }})
select id, name || '!' as name from base
