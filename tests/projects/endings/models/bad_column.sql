select nope from (select 1 as id)
