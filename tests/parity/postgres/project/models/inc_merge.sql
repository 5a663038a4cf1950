{{ config(materialized='incremental', unique_key='id', incremental_strategy='merge', on_schema_change='append_new_columns') }}
select id, name, state {{ ", 'x'::varchar(30) as added" if var('later') }} from {{ ref('plain') }}
{% if is_incremental() %}where id > 1{% endif %}
