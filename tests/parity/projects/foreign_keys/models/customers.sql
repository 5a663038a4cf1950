select 1 as id, 'Ada' as name
union all
select 2, 'Ben'
