-- an analysis is compiled and never run
select {{ who_am_i() | tojson }}, * from {{ ref('base_model') }}
