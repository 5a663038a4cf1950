{{ config(enabled=nexus_source_enabled('gmail')) }}

select
    _ingested_at,
    _connection_id,
    _stream_id,
    _raw_record
from {{ nexus_source_relation('gmail', 'messages') }}
