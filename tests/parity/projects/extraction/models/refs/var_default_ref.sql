select * from {{ var('absent', ref('base_model')) }}
