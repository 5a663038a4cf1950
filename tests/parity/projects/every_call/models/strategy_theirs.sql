{{ config(materialized='incremental', incremental_strategy='theirs', unique_key='id') }}
select id, name || '{{ var("round", 1) }}' as name from {{ ref('people') }}
{% if is_incremental() %}where id > 1 union all select {{ var('round', 1) }} + 10, 'new'{% endif %}
