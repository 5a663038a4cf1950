select '{{ var('start_date') }}' as started, '{{ var("start_dat", "x") }}' as other
