{{ config(materialized='view', meta={'owner_of': 'me'}) }}
select 1 as id, '{{ config.get("owner_of", "nobody") }}' as owner
