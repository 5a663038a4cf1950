{{ config(materialized='table', enabled=nexus.nexus_source_shipped('shopify')) }}

-- One row a version of a shop, as installation, uninstallation and `shop/update` deliver it. A shop
-- without a domain of its own shows its myshopify domain in that field.
with fields as (
    select
        webhook_id,
        topic,
        payload_id as shopify_shop_id,
        myshopify_domain,
        {{ nexus.normalize_domain(nexus.nexus_json_text('payload', 'domain')) }} as domain,
        nullif(trim({{ nexus.nexus_json_text('payload', 'name') }}), '') as name,
        nullif(trim({{ nexus.nexus_json_text('payload', 'email') }}), '') as raw_owner_email,
        nullif(trim({{ nexus.nexus_json_text('payload', 'shop_owner') }}), '') as owner_name,
        nullif(trim({{ nexus.nexus_json_text('payload', 'phone') }}), '') as raw_phone,
        {{ nexus.nexus_json_text('payload', 'plan_name') }} as plan,
        {{ nexus.nexus_json_text('payload', 'iana_timezone') }} as timezone,
        {{ nexus.nexus_timestamp_from_text(nexus.nexus_json_text('payload', 'created_at')) }} as shop_created_at,
        occurred_at,
        _ingested_at
    from {{ ref('shopify_webhooks') }}
    where topic in ('app/installed', 'app/uninstalled', 'shop/update')
)

select
    webhook_id,
    topic,
    shopify_shop_id,
    myshopify_domain,
    case when domain <> myshopify_domain then domain end as domain,
    name,
    raw_owner_email,
    {{ nexus.normalize_email('raw_owner_email') }} as owner_email,
    owner_name,
    raw_phone,
    {{ nexus.normalize_phone('raw_phone') }} as phone,
    plan,
    timezone,
    shop_created_at,
    occurred_at,
    _ingested_at
from fields
