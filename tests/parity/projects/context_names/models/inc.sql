{{ config(materialized='incremental') }}
select 1 as id, '{{ is_incremental() }}' as inc, '{{ flags.FULL_REFRESH }}' as fr {% if is_incremental() %}, '{{ adapter.get_columns_in_relation(this) | map(attribute="name") | join(",") }}' as cols{% endif %}
