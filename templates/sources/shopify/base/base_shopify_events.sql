{{ config(enabled=nexus.nexus_source_shipped('shopify')) }}

select
    _ingested_at,
    _connection_id,
    _stream_id,
    {{ nexus.nexus_json_document('_raw_record') }} as _raw_record
from {{ nexus.nexus_source_relation('shopify', 'events') }}
