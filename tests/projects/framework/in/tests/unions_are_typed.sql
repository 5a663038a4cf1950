-- A union of nothing has the columns and no row; a union of two casts each column to its type.
with nothing as (
    {{ nexus.nexus_union([], {'event_id': 'text', 'significance': 'number', 'occurred_at': 'timestamp'}) }}
),

everything as (
    {{ nexus.nexus_union(['crm_events', ref('calls_events')], {'event_id': 'text', 'significance': 'text'}) }}
)

select 'nothing' as part, event_id, cast(significance as {{ dbt.type_string() }}) as significance
from nothing

union all

select 'everything' as part, min(event_id) as event_id, min(significance) as significance
from everything
having count(*) <> (select count(*) from {{ ref('nexus_events') }}) or min(significance) <> '0'
