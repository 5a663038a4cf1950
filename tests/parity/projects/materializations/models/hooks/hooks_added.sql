{{ config(pre_hook=audit('own pre'), post_hook=[audit('own post one'), audit('own post two')]) }}
select 1 as id
