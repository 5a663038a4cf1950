select 1 as id, 'v2' as said, 2 as extra
