with
    x as (select * from {{ ref('eph_base') }}),

    y as (select 'text with ; semicolon' as s)

select x.*, y.s from x, y
