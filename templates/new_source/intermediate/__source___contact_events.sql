-- Layer 3, intermediate: one row a thing that happened, wide, with everything that took part in it. Add a model for each other
-- kind of event, and its name to the unions of layer 4.
{{ config(materialized='table', enabled=nexus.nexus_source_enabled('__source__')) }}

select
    {{ nexus.create_nexus_id('event', ["'__source__'", "'contact created'", 'contact_id']) }} as event_id,
    created_at as occurred_at,
    'contact created' as event_name,
    'crm' as event_type,
    coalesce(name, raw_email, contact_id) || ' was created' as event_description,
    10 as significance,
    '__source__' as source,
    '__source___contact_events' as source_table,
    contact_id,
    email,
    phone,
    domain,
    name,
    title,
    'contact' as role,
    _ingested_at
from {{ ref('__source___contacts') }}
