{{ config(unlogged=true, indexes=[{'columns': ['id'], 'unique': true}, {'columns': ['name', 'id'], 'type': 'btree'}, {'columns': ['name'], 'type': 'hash'}]) }}
select id, name from {{ ref('plain') }}
