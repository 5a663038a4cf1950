{{ config(materialized='incremental', unique_key='id') }}
select id from {{ ref('unchanged') }}
{% if is_incremental() %}where id > (select max(id) from {{ this }}){% endif %}
