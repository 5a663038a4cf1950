select 'other' as who
