{{ config(materialized='table') }}
select id, amount, note, {'a': id, 'b': [amount]} as nested, cast(amount as decimal(18, 3)) as exact from {{ ref('raw_orders') }}
