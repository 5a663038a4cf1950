-- Ids of row kinds, with the hash input beside; the hashes were computed outside the database.
with parts as (
    select
        'a-b' as a,
        'c' as b,
        '' as empty,
        cast(null as {{ dbt.type_string() }}) as nothing,
        'zoë😀q' as word,
        42 as number,
        cast('2024-01-31 09:05:00' as timestamp) as moment_at
),

ids as (
    -- 3:a-b1:c
    select {{ nexus.create_nexus_id('event', ['a', 'b']) }} as found, 'evt_ad34f127e2c977809e798799e8ca86bd' as expected from parts
    union all
    -- 1:c3:a-b
    select {{ nexus.create_nexus_id('event', ['b', 'a']) }} as found, 'evt_8fe53ff38796f571e22312ecb0225b93' as expected from parts
    union all
    -- -3:a-b
    select {{ nexus.create_nexus_id('event', ['nothing', 'a']) }} as found, 'evt_74da0018b834434539ea420a31e787f0' as expected from parts
    union all
    -- 0:3:a-b
    select {{ nexus.create_nexus_id('event', ['empty', 'a']) }} as found, 'evt_a4a7db08a8b1c6a96ddf6c68769e1bf6' as expected from parts
    union all
    -- 5:zoë😀q
    select {{ nexus.create_nexus_id('event', ['word']) }} as found, 'evt_4be7435824665d3d4c3204ae0713516b' as expected from parts
    union all
    -- 27:2024-01-31T09:05:00.000000Z
    select {{ nexus.create_nexus_id('event', ['moment_at']) }} as found, 'evt_cbbf8a9bad98d918ce00f883945284e0' as expected from parts
    union all
    -- -
    select {{ nexus.create_nexus_id('event', [none]) }} as found, 'evt_336d5ebc5436534e61d16e63ddfca327' as expected from parts
    union all
    -- 3:a-b2:42
    select {{ nexus.create_nexus_id('event', ['a', 'number']) }} as found, 'evt_b756dffd6d787a77e236b096905ea2b5' as expected from parts
)

select found, expected
from ids
where found <> expected
