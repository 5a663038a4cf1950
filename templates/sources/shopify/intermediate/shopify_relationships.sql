{{ config(enabled=nexus.nexus_source_shipped('shopify')) }}

-- A shop's owner belongs to its company; a buyer is its customer, not its member.
select
    persons.event_id,
    persons.occurred_at,
    persons.email as entity_a_identifier,
    'email' as entity_a_identifier_type,
    'person' as entity_a_type,
    'owner' as entity_a_role,
    persons.myshopify_domain as entity_b_identifier,
    'myshopify_domain' as entity_b_identifier_type,
    'group' as entity_b_type,
    'organization' as entity_b_role,
    'membership' as relationship_type,
    'a_to_b' as relationship_direction,
    true as is_active,
    'shopify' as source,
    persons._ingested_at
from {{ ref('shopify_person_occurrences') }} as persons
inner join {{ ref('shopify_shop_events') }} as events on persons.event_id = events.event_id
where persons.role = 'owner'
    and persons.email is not null
    -- The shop's creation is told by a later record; who owned it then is not known.
    and events.event_name <> 'shop created'

union all

select
    event_id,
    occurred_at,
    shopify_customer_id as entity_a_identifier,
    'shopify_customer_id' as entity_a_identifier_type,
    'person' as entity_a_type,
    'buyer' as entity_a_role,
    myshopify_domain as entity_b_identifier,
    'myshopify_domain' as entity_b_identifier_type,
    'group' as entity_b_type,
    'shop' as entity_b_role,
    'customer' as relationship_type,
    'a_to_b' as relationship_direction,
    true as is_active,
    'shopify' as source,
    _ingested_at
from {{ ref('shopify_person_occurrences') }}
where role = 'buyer' and shopify_customer_id is not null
