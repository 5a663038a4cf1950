select '{{ config.get("materialized") }}' as kind
{{ config(materialized='table') }}
