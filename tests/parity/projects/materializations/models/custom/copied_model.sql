{{ config(materialized='copied', stamp='stamped here', pre_hook=audit('custom pre')) }}
select 1 as id
