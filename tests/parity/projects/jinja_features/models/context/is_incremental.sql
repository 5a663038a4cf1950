{{ config(materialized='incremental') }}
select 1 as id{% if is_incremental() %} where false{% endif %} -- should_full_refresh {{ should_full_refresh() }}
