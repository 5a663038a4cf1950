{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('segment')) }}

select
    {{ nexus.create_nexus_id('event_measurement', ['event_id', "'amount'"]) }} as event_measurement_id,
    event_id,
    'amount' as measurement_name,
    amount as value,
    currency as value_unit,
    occurred_at,
    source,
    _ingested_at
from {{ ref('segment_behaviour_events') }}
where amount is not null
