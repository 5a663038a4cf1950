select 1 as id, '{{ var("check_level") }}' as check_level, '{{ var("only_here") }}' as only_here
