{{ config(materialized='table', enabled=nexus.nexus_source_shipped('stripe')) }}

-- One row an event, wide: the billing account and the person that the record names.
--
-- A Stripe customer is a billing account, so its id identifies a group: the company of the domain and
-- the shop that stand on the same record. The domain is `metadata.company_domain` where it is given (an
-- accountant may pay for the company), else the domain of the customer's address unless that is a mail
-- provider's. Email and phone of one record are one person; a shared mailbox is linked to nothing, and
-- a phone given with it is the account's.
with parties as (
    select
        webhook_id,
        stripe_customer_id,
        raw_email,
        raw_phone,
        email,
        cast(null as {{ dbt.type_string() }}) as person_name,
        name as account_name,
        case
            when company_domain is not null then company_domain
            when not {{ nexus.is_generic_domain(nexus.email_domain('email')) }} then {{ nexus.email_domain('email') }}
        end as domain,
        myshopify_domain
    from {{ ref('stripe_customers') }}

    union all

    select
        webhook_id,
        stripe_customer_id,
        raw_email,
        raw_phone,
        {{ nexus.normalize_email('raw_email') }} as email,
        cast(null as {{ dbt.type_string() }}) as person_name,
        cast(null as {{ dbt.type_string() }}) as account_name,
        cast(null as {{ dbt.type_string() }}) as domain,
        cast(null as {{ dbt.type_string() }}) as myshopify_domain
    from {{ ref('stripe_invoices') }}

    union all

    select
        webhook_id,
        stripe_customer_id,
        raw_email,
        raw_phone,
        {{ nexus.normalize_email('raw_email') }} as email,
        name as person_name,
        cast(null as {{ dbt.type_string() }}) as account_name,
        cast(null as {{ dbt.type_string() }}) as domain,
        cast(null as {{ dbt.type_string() }}) as myshopify_domain
    from {{ ref('stripe_payments') }}

    union all

    select
        webhook_id,
        stripe_customer_id,
        cast(null as {{ dbt.type_string() }}) as raw_email,
        cast(null as {{ dbt.type_string() }}) as raw_phone,
        cast(null as {{ dbt.type_string() }}) as email,
        cast(null as {{ dbt.type_string() }}) as person_name,
        cast(null as {{ dbt.type_string() }}) as account_name,
        cast(null as {{ dbt.type_string() }}) as domain,
        cast(null as {{ dbt.type_string() }}) as myshopify_domain
    from {{ ref('stripe_subscriptions') }}
),

events as (
    select event_id, webhook_id, occurred_at, _ingested_at from {{ ref('stripe_customer_events') }}
    union all
    select event_id, webhook_id, occurred_at, _ingested_at from {{ ref('stripe_invoice_events') }}
    union all
    select event_id, webhook_id, occurred_at, _ingested_at from {{ ref('stripe_payment_events') }}
    union all
    select event_id, webhook_id, occurred_at, _ingested_at from {{ ref('stripe_subscription_events') }}
)

select
    events.event_id,
    events.occurred_at,
    parties.webhook_id,
    parties.stripe_customer_id,
    parties.domain,
    parties.myshopify_domain,
    parties.account_name,
    parties.raw_email,
    parties.raw_phone,
    parties.email,
    case when not {{ nexus.nexus_is_shared_mailbox('parties.email') }} then {{ nexus.normalize_phone('parties.raw_phone') }} end as phone,
    case when {{ nexus.nexus_is_shared_mailbox('parties.email') }} then {{ nexus.normalize_phone('parties.raw_phone') }} end as account_phone,
    case when not {{ nexus.nexus_is_shared_mailbox('parties.email') }} then parties.person_name end as person_name,
    'billing_contact' as person_role,
    'customer' as account_role,
    'stripe' as source,
    events._ingested_at
from events
inner join parties on events.webhook_id = parties.webhook_id
