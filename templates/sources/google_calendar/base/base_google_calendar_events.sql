{{ config(enabled=nexus_source_enabled('google_calendar')) }}

select
    _ingested_at,
    _connection_id,
    _stream_id,
    _raw_record
from {{ nexus_source_relation('google_calendar', 'events') }}
