select 'x' as word, 1 as number
