-- Layer 1, base: the raw table, column by column. Nothing is dropped here; a record that is the word `null` is none.
{{ config(enabled=nexus.nexus_source_enabled('__source__')) }}

select
    _ingested_at,
    _connection_id,
    _stream_id,
    {{ nexus.nexus_json_document('_raw_record') }} as _raw_record
from {{ nexus.nexus_source_relation('__source__', 'records') }}
