{% set relations = {'one': ref('base_model'), 'two': [source('raw_things', 'numbers')]} -%}
select id from {{ relations.one }} union all select id from {{ relations['two'][0] }}
