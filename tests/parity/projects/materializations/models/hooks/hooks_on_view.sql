{{ config(materialized='view', pre_hook=before_begin("{{ audit('before begin') }}"), post_hook=after_commit("{{ audit('after commit') }}")) }}
select 1 as id
