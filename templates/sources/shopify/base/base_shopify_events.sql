{{ config(enabled=nexus_source_enabled('shopify')) }}

select
    _ingested_at,
    _connection_id,
    _stream_id,
    _raw_record
from {{ nexus_source_relation('shopify', 'events') }}
