{% set options = {'materialized': 'table', 'meta': {'k': 'v'}} %}
{{ config(**options) }}
select 1 as id
