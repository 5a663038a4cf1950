{{ config(materialized='by_hand', persist_docs={'relation': true, 'columns': true}, pre_hook='select 1', grants={'select': ['somebody']}, post_hook={'sql': 'select 2', 'transaction': false}) }}
select * from {{ ref('people') }}
