{{ config(alias='beta_shared') }}
select 'beta' as package from (select 1 as one) one
union all select package from {{ ref('alpha', 'shared_name') }}
