{{ config(materialized='table', enabled=nexus.nexus_source_shipped('shopify')) }}

-- One row a checkout that was left: an hour after its newest version it is still not completed, by the
-- newest delivery of the source; the clock is the data's, so that a rebuild gives the same rows.
with clock as (
    select max(_ingested_at) as as_of
    from {{ ref('shopify_records') }}
),

versions as (
    select
        webhook_id,
        payload_id as shopify_checkout_id,
        myshopify_domain,
        {{ nexus.nexus_json_text('payload', 'completed_at') }} as completed_at,
        {{ nexus.nexus_json_text('payload', 'total_price') }} as total_price,
        lower({{ nexus.nexus_json_text('payload', 'currency') }}) as currency,
        occurred_at,
        _ingested_at,
        row_number() over (partition by payload_id order by occurred_at desc nulls last, webhook_id desc) as recency
    from {{ ref('shopify_webhooks') }}
    where topic in ('checkouts/create', 'checkouts/update')
)

select
    versions.webhook_id,
    versions.shopify_checkout_id,
    versions.myshopify_domain,
    {{ nexus.nexus_decimal_from_text('versions.total_price') }} as amount,
    versions.currency,
    versions.occurred_at,
    case
        when cast({{ dbt.dateadd('hour', 1, 'versions.occurred_at') }} as {{ dbt.type_timestamp() }}) > versions._ingested_at then cast({{ dbt.dateadd('hour', 1, 'versions.occurred_at') }} as {{ dbt.type_timestamp() }})
        else versions._ingested_at
    end as _ingested_at
from versions
cross join clock
where versions.recency = 1
    and versions.completed_at is null
    and cast({{ dbt.dateadd('hour', 1, 'versions.occurred_at') }} as {{ dbt.type_timestamp() }}) <= clock.as_of
