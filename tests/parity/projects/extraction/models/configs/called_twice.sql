{{ config(materialized='table', tags=['first'], meta={'a': 1}) }}
{{ config(materialized='view', tags=['second'], meta={'b': 2}) }}
select '{{ config.get("materialized") }}' as kind, {{ config.get('tags') }} as tags
