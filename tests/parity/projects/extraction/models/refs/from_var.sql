select * from {{ ref(var('which_model', 'base_model')) }}
