select '{{ toolbox.single_value('select 1 where false', default='none at all') }}' as m
