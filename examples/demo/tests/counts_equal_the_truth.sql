-- Events by name and rejects by reason, source by source.
with found as (
    select source, 'event' as kind, event_name as name, count(*) as found_rows
    from {{ ref('nexus_events') }}
    group by source, event_name
    {% for source in ['gmail', 'google_calendar', 'stripe', 'shopify', 'segment'] %}
    union all
    select source, 'reject_' || scope as kind, reason as name, count(*) as found_rows
    from {{ ref(source ~ '_rejects') }}
    group by source, scope, reason
    {% endfor %}
),

expected as (
    select source, kind, name, row_count as expected_rows
    from {{ ref('counts') }}
    where kind <> 'raw_rows'
)

select
    coalesce(found.source, expected.source) as source,
    coalesce(found.kind, expected.kind) as kind,
    coalesce(found.name, expected.name) as name,
    found.found_rows,
    expected.expected_rows
from found
full outer join expected
    on found.source = expected.source
    and found.kind = expected.kind
    and found.name = expected.name
where {{ nexus.nexus_is_distinct("found.found_rows", "expected.expected_rows") }}
