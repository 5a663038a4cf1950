{{ config(tags='of_python') }}
select * from {{ ref('plain') }}
