{{ config(materialized='table', our_thing=1, docs={'show': true, 'colour': 'red'}, meta={'a': 1}, persist_docs={'relation': true, 'other': 1}, grants={'select': ['a']}, pre_hook='select 1') }}
select 1 as id
