{{ config(materialized='table', tags=['x', 'y'], meta={'owner': 'me', 'n': [1, 2]}) }}
select 1 as id
{% if is_incremental() %}
where id > (select max(id) from {{ this }})
{% endif %}
-- {{ config.get('meta')['owner'] }} {{ config.get('tags') | join('/') }} {{ config.get('meta').n | sum }}
