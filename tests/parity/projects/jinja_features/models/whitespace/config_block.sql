{{
  config(
    materialized='table',
    tags=['one', "two"],
    meta={'owner': 'me', 'levels': [1, 2]},
  )
}}

-- after config
select 1 as a
