{{ config(docs={'show': false, 'node_color': 'red'}, persist_docs={'relation': true}, event_time='at', group=none, access='public') }}
select 1 as id
