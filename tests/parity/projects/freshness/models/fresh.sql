select 1 as id, timestamp '2100-01-01' as loaded_at
