-- Chains: link i joins value i and value i + 1. The values jump about, so that the order of names is not the
-- order of the chain; 46 and 2,001 have no divisor in common with 17 and 977. A star of 30 links at the end.
with digits as (
    {%- for digit in range(10) %}
    select {{ digit }} as digit{% if not loop.last %} union all{% endif %}
    {%- endfor %}
),

numbers as (
    select thousands.digit * 1000 + hundreds.digit * 100 + tens.digit * 10 + ones.digit as number
    from digits as thousands
    cross join digits as hundreds
    cross join digits as tens
    cross join digits as ones
),

members as (
    select 'short ' || number as edge_id, 'short-' || ((number * 17) % 46 + 100) as identifier_value from numbers where number < 45
    union all
    select 'short ' || number as edge_id, 'short-' || (((number + 1) * 17) % 46 + 100) as identifier_value from numbers where number < 45
    union all
    select 'long ' || number as edge_id, 'long-' || ((number * 977) % 2001 + 10000) as identifier_value from numbers where number < 2000
    union all
    select 'long ' || number as edge_id, 'long-' || (((number + 1) * 977) % 2001 + 10000) as identifier_value from numbers where number < 2000
    union all
    select 'straight ' || number as edge_id, 'straight-' || (number + 10000) as identifier_value from numbers where number < 2000
    union all
    select 'straight ' || number as edge_id, 'straight-' || (number + 10001) as identifier_value from numbers where number < 2000
    union all
    select 'star ' || number as edge_id, 'star-hub' as identifier_value from numbers where number < 30
    union all
    select 'star ' || number as edge_id, 'star-' || number as identifier_value from numbers where number < 30
)

select
    edge_id as event_id,
    edge_id,
    'person' as entity_type,
    'user_id' as identifier_type,
    identifier_value,
    'actor' as role
from members
