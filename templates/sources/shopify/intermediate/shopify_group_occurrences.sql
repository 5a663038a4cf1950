{{ config(materialized='table', enabled=nexus.nexus_source_shipped('shopify')) }}

-- One row a shop in an event, wide: the shop's id, its myshopify domain and its own domain are one
-- company. Deliveries about orders and customers name the shop by its myshopify domain.
select
    events.event_id,
    events.occurred_at,
    shops.shopify_shop_id,
    shops.myshopify_domain,
    shops.domain,
    shops.name,
    shops.phone,
    shops.plan,
    shops.timezone,
    'shop' as role,
    'shopify' as source,
    events._ingested_at
from {{ ref('shopify_shop_events') }} as events
inner join {{ ref('shopify_shops') }} as shops on events.webhook_id = shops.webhook_id

union all

select
    event_id,
    occurred_at,
    cast(null as {{ dbt.type_string() }}) as shopify_shop_id,
    myshopify_domain,
    cast(null as {{ dbt.type_string() }}) as domain,
    cast(null as {{ dbt.type_string() }}) as name,
    cast(null as {{ dbt.type_string() }}) as phone,
    cast(null as {{ dbt.type_string() }}) as plan,
    cast(null as {{ dbt.type_string() }}) as timezone,
    'shop' as role,
    'shopify' as source,
    _ingested_at
from {{ ref('shopify_order_events') }}

union all

select
    event_id,
    occurred_at,
    cast(null as {{ dbt.type_string() }}) as shopify_shop_id,
    myshopify_domain,
    cast(null as {{ dbt.type_string() }}) as domain,
    cast(null as {{ dbt.type_string() }}) as name,
    cast(null as {{ dbt.type_string() }}) as phone,
    cast(null as {{ dbt.type_string() }}) as plan,
    cast(null as {{ dbt.type_string() }}) as timezone,
    'shop' as role,
    'shopify' as source,
    _ingested_at
from {{ ref('shopify_buyer_events') }}
