{{ config(materialized='incremental', post_hook={'sql': "{{ audit('rendered late ' ~ is_incremental()) }}", 'transaction': true}) }}
select 1 as id
