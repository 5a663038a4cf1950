{{ config(materialized='view') }}
select '{{ pairs("ab", "cd") | join(",") }}' as pairs, {{ modules.itertools.chain([1], [2]) | list | length }} as n from {{ ref('first') }}
