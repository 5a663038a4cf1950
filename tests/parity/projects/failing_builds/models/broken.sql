{{ config(materialized='ephemeral') }}
{% if execute %}{{ exceptions.raise_compiler_error('broken on purpose') }}{% endif %}
select 1 as id
