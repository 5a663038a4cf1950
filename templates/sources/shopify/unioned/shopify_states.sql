{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('shopify')) }}

-- One row an entry into a state, of the company that owns the shop.
select
    {{ nexus.create_nexus_id('state', ['events.event_id', "'app_installation'", 'shops.myshopify_domain']) }} as state_entry_id,
    events.event_id,
    'group' as entity_type,
    'myshopify_domain' as identifier_type,
    shops.myshopify_domain as identifier_value,
    'app_installation' as state_name,
    case events.event_name when 'app installed' then 'installed' else 'uninstalled' end as state_value,
    events.occurred_at,
    events.source,
    events._ingested_at
from {{ ref('shopify_shop_events') }} as events
inner join {{ ref('shopify_shops') }} as shops on events.webhook_id = shops.webhook_id
where events.event_name in ('app installed', 'app uninstalled')
