{{ config({'materialized': 'table', 'tags': ['from_dict']}) }}
select 1 as id
