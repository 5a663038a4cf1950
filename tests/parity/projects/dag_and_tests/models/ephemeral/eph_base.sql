select 1 as id, 'base' as name
