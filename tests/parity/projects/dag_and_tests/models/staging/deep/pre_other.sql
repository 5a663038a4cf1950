{{ config(schema=none, tags=['a', 'b']) }}
select 1 as id from {{ ref('one_model') }}
