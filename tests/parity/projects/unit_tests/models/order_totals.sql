{{ config(alias='totals', schema='marts') }}
{%- set statuses = ['paid', 'open'] %}
select
    p.id,
    p.name,
    {%- for status in statuses %}
    coalesce(sum(o.amount) filter (where o.status = '{{ status }}'), 0) as {{ status }}_amount,
    {%- endfor %}
    max(o.placed_at) as last_at
from {{ ref('people_upper') }} as p
left join {{ source('shop', 'shop_orders') }} as o on o.person_id = p.id
group by all
