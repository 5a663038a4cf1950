{{ config(on_schema_change='fail') }}
select {{ var('run_number') }} as id, 'same' as kept
