select 1 as id, 7 as guest_id, 2.5 as amount, 'é' as place, true as is_paid, timestamp '2024-01-01 10:00:00' as booked_at, date '2024-01-01' as from_day, date '2024-02-01' as to_day
