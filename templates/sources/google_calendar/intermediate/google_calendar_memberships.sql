{{ config(enabled=nexus.nexus_source_shipped('google_calendar')) }}

-- Whoever is invited at an address of a company belongs to the company.
select
    event_id,
    max(occurred_at) as occurred_at,
    email as entity_a_identifier,
    'email' as entity_a_identifier_type,
    'person' as entity_a_type,
    case when is_shared_mailbox then 'shared_inbox' else 'member' end as entity_a_role,
    domain as entity_b_identifier,
    'domain' as entity_b_identifier_type,
    'group' as entity_b_type,
    'organization' as entity_b_role,
    'membership' as relationship_type,
    'a_to_b' as relationship_direction,
    true as is_active,
    'google_calendar' as source,
    max(_ingested_at) as _ingested_at
from {{ ref('google_calendar_participant_occurrences') }}
where is_company_domain
group by event_id, email, domain, is_shared_mailbox
