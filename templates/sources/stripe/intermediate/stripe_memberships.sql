{{ config(enabled=nexus.nexus_source_shipped('stripe')) }}

-- The address on the customer is the account's billing contact, until another one takes its place.
with contacts as (
    select
        webhook_id,
        email,
        stripe_customer_id,
        true as is_active
    from {{ ref('stripe_customers') }}
    where email is not null

    union all

    select
        webhook_id,
        previous_email as email,
        stripe_customer_id,
        false as is_active
    from {{ ref('stripe_customers') }}
    where previous_email is not null and previous_email <> coalesce(email, '')
)

select
    events.event_id,
    events.occurred_at,
    contacts.email as entity_a_identifier,
    'email' as entity_a_identifier_type,
    'person' as entity_a_type,
    'billing_contact' as entity_a_role,
    contacts.stripe_customer_id as entity_b_identifier,
    'stripe_customer_id' as entity_b_identifier_type,
    'group' as entity_b_type,
    'customer' as entity_b_role,
    'membership' as relationship_type,
    'a_to_b' as relationship_direction,
    contacts.is_active,
    'stripe' as source,
    events._ingested_at
from {{ ref('stripe_customer_events') }} as events
inner join contacts on events.webhook_id = contacts.webhook_id
