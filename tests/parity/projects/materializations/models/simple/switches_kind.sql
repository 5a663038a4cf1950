{{ config(materialized='view' if var('run_number') | int == 2 else 'table') }}
select {{ var('run_number') }} as made_in_run
