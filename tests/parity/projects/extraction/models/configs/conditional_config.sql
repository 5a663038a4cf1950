{% if target.name == 'dev' %}{{ config(materialized='table') }}{% else %}{{ config(materialized='view') }}{% endif %}
select '{{ config.get("materialized") }}' as kind
