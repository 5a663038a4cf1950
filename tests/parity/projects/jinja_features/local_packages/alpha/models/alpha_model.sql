select '{{ who_am_i() }}' as who, '{{ var("scoped") }}' as scoped, '{{ var("only_alpha") }}' as own, '{{ var("plain") }}' as plain
