select {{ 'no_such_column' if var('broken', false) else '1' }} as id
