select 1 as id, timestamp '2020-01-01 12:30:00.25' as loaded_at, timestamptz '2020-01-01 12:30:00+02' as loaded_tz, 'a' as kind, '2020-01-01' as as_text, date '2020-01-02' as as_date
union all
select 2, timestamp '2020-02-01 00:00:00', timestamptz '2020-02-01 00:00:00+02', 'b', '2020-02-01', date '2020-02-02'
