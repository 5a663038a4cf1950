with cases as (
    select '2024-01-31T09:00:00Z' as raw, cast('2024-01-31 09:00:00' as timestamp) as expected
    union all select '2024-01-31T09:00:00+02:00' as raw, cast('2024-01-31 07:00:00' as timestamp) as expected
    union all select '2024-01-31T09:00:00-0500' as raw, cast('2024-01-31 14:00:00' as timestamp) as expected
    union all select '2024-01-31 09:00:00.123456' as raw, cast('2024-01-31 09:00:00.123456' as timestamp) as expected
    union all select '2024-01-31' as raw, cast('2024-01-31 00:00:00' as timestamp) as expected
    union all select '2024-01-31T09:00Z' as raw, cast('2024-01-31 09:00:00' as timestamp) as expected
    union all select '2024-01-31T09:00+02:00' as raw, cast('2024-01-31 07:00:00' as timestamp) as expected
    union all select '2024-01-31T09:00' as raw, cast('2024-01-31 09:00:00' as timestamp) as expected
    union all select '2024-02-30T09:00:00Z' as raw, null as expected
    union all select 'infinity' as raw, null as expected
    union all select 'yesterday' as raw, null as expected
    union all select '' as raw, null as expected
),

found as (
    select raw, expected, {{ nexus.nexus_timestamp_from_text('raw') }} as found
    from cases
    union all
    select 'seconds' as raw, cast('2024-01-31 09:00:00' as timestamp) as expected, {{ nexus.nexus_timestamp_from_epoch('1706691600') }} as found
    union all
    select 'milliseconds' as raw, cast('2024-01-31 09:00:00.250' as timestamp) as expected, {{ nexus.nexus_timestamp_from_epoch_ms('1706691600250') }} as found
)

select raw, expected, found
from found
where found is distinct from expected
