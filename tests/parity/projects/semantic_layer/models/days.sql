select cast(range as date) as day_of, 1 as fiscal_week from range(date '2024-01-01', date '2024-02-01', interval 1 day)
