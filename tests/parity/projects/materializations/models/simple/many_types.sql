select 1::tinyint as a, 2::hugeint as b, 1.5::decimal(10, 2) as c, 1.25::double as d, true as e, date '2024-01-02' as f, timestamp '2024-01-02 03:04:05.123456' as g, timestamptz '2024-01-02 03:04:05+00' as h,
  interval 1 day as i, [1, 2] as j, {'k': 'v'} as l, map(['x'], [1]) as m, 'text' as n, null as o, uuid '00000000-0000-0000-0000-000000000001' as p, 'a'::blob as q, time '01:02:03' as r
