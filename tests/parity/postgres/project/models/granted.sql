{{ config(grants={'select': ['reader', 'writer'], 'insert': ['writer']}) }}
select count(*) as n from {{ ref('viewed') }}
