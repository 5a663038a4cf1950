{{ config(materialized=var('kind', 'table'), alias='alias_' ~ 'joined', tags=[var('plain')], meta={'n': var('number') + 1}) }}
select 1 as id
