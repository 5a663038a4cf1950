select 'root' as of_whom
