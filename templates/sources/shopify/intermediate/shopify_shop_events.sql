{{ config(enabled=nexus.nexus_source_shipped('shopify')) }}

with first_versions as (
    select
        shopify_shop_id,
        webhook_id,
        name,
        shop_created_at,
        _ingested_at,
        row_number() over (partition by shopify_shop_id order by occurred_at, webhook_id) as sighting
    from {{ ref('shopify_shops') }}
    where shop_created_at is not null
),

happenings as (
    select
        {{ nexus.create_nexus_id('event', ["'shopify shop'", 'shopify_shop_id']) }} as event_id,
        shop_created_at as occurred_at,
        'shop created' as event_name,
        name,
        webhook_id,
        _ingested_at
    from first_versions
    where sighting = 1

    union all

    select
        {{ nexus.create_nexus_id('event', ["'shopify'", 'webhook_id']) }} as event_id,
        occurred_at,
        case topic
            when 'app/installed' then 'app installed'
            when 'app/uninstalled' then 'app uninstalled'
            else 'shop updated'
        end as event_name,
        name,
        webhook_id,
        _ingested_at
    from {{ ref('shopify_shops') }}
)

select
    event_id,
    occurred_at,
    event_name,
    'shop' as event_type,
    coalesce(name, '') || ': ' || event_name as event_description,
    case when event_name in ('app installed', 'app uninstalled') then 80 else 10 end as significance,
    'shopify' as source,
    'shopify_shop_events' as source_table,
    webhook_id,
    _ingested_at
from happenings
