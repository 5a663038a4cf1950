select 'package' as of_whom
