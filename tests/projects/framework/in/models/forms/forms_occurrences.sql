select
    row_id,
    {{ nexus.create_nexus_id('event', ["'forms'", 'row_id']) }} as event_id,
    email,
    work_email,
    full_name,
    sent_at as occurred_at,
    _ingested_at
from {{ ref('form_rows') }}
