-- Layer 1, base: the raw table, column by column. Nothing is read or dropped here.
{{ config(enabled=nexus.nexus_source_enabled('__source__')) }}

select
    _ingested_at,
    _connection_id,
    _stream_id,
    _raw_record
from {{ nexus.nexus_source_relation('__source__', 'records') }}
