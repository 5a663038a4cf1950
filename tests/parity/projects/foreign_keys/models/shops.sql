{{ config(materialized='incremental') }}
select 7 as id
{% if is_incremental() %}where false{% endif %}
