{% if false %}{{ config(materialized='table') }}{% endif %}
select '{{ config.get("materialized") }}' as kind
