{{ config(pre_hook=["create table if not exists {{ target.schema }}.hooks (what text)", {'sql': "insert into {{ target.schema }}.hooks values ('before')", 'transaction': false}],
   post_hook=["insert into {{ target.schema }}.hooks values ('after')"]) }}
select 1 as id
