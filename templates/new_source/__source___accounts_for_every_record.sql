-- Raw records that are neither a version of a contact nor among the rejects, and contacts without an event.
{{ config(enabled=nexus.nexus_source_enabled('__source__')) }}
select 'record' as what, records.contact_id
from {{ ref('__source___records') }} as records
left join {{ ref('__source___contacts') }} as contacts on records.contact_id = contacts.contact_id
left join {{ ref('__source___rejects') }} as rejects on records._raw_record = rejects.raw_value
where contacts.contact_id is null
    and rejects.reject_id is null

union all

select 'contact' as what, contacts.contact_id
from {{ ref('__source___contacts') }} as contacts
left join {{ ref('__source___events') }} as events
    on {{ nexus.create_nexus_id('event', ["'__source__'", "'contact created'", 'contacts.contact_id']) }} = events.event_id
where events.event_id is null
