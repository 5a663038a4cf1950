{{ config(materialized='table', enabled=nexus.nexus_source_shipped('shopify')) }}

-- One row a person in an event, wide. Email, phone and customer id of one record are one person. The
-- address of a shared mailbox stands in an occurrence of its own, linked to nothing.
with buyers as (
    select
        events.event_id,
        events.occurred_at,
        buyers.shopify_customer_id,
        buyers.email,
        buyers.phone,
        buyers.name,
        'buyer' as role,
        events.myshopify_domain,
        events._ingested_at
    from {{ ref('shopify_buyer_events') }} as events
    inner join {{ ref('shopify_buyers') }} as buyers on events.webhook_id = buyers.webhook_id

    union all

    select
        events.event_id,
        events.occurred_at,
        buyers.shopify_customer_id,
        buyers.email,
        buyers.phone,
        buyers.name,
        'buyer' as role,
        events.myshopify_domain,
        events._ingested_at
    from {{ ref('shopify_order_events') }} as events
    inner join {{ ref('shopify_buyers') }} as buyers on events.buyer_webhook_id = buyers.webhook_id

    union all

    select
        events.event_id,
        events.occurred_at,
        cast(null as {{ dbt.type_string() }}) as shopify_customer_id,
        shops.owner_email as email,
        -- The shop's phone is the shop's, not its owner's.
        cast(null as {{ dbt.type_string() }}) as phone,
        shops.owner_name as name,
        'owner' as role,
        shops.myshopify_domain,
        events._ingested_at
    from {{ ref('shopify_shop_events') }} as events
    inner join {{ ref('shopify_shops') }} as shops on events.webhook_id = shops.webhook_id
),

marked as (
    select
        event_id,
        occurred_at,
        shopify_customer_id,
        email,
        phone,
        name,
        role,
        myshopify_domain,
        {{ nexus.nexus_is_shared_mailbox('email') }} as is_shared_mailbox,
        _ingested_at
    from buyers
)

select
    event_id,
    occurred_at,
    shopify_customer_id,
    case when not is_shared_mailbox then email end as email,
    phone,
    name,
    role,
    myshopify_domain,
    case when email is not null and not is_shared_mailbox then 'personal' end as mailbox_type,
    'shopify' as source,
    _ingested_at
from marked
where shopify_customer_id is not null or phone is not null or not is_shared_mailbox

union all

select
    event_id,
    occurred_at,
    cast(null as {{ dbt.type_string() }}) as shopify_customer_id,
    email,
    cast(null as {{ dbt.type_string() }}) as phone,
    cast(null as {{ dbt.type_string() }}) as name,
    role,
    myshopify_domain,
    'shared' as mailbox_type,
    'shopify' as source,
    _ingested_at
from marked
where is_shared_mailbox
