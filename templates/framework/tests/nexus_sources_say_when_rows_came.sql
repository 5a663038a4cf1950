-- Rows without `_ingested_at`, by table and source; it is required, and nothing stands in for it.
{% for model in ['nexus_events', 'nexus_entity_identifiers', 'nexus_entity_traits', 'nexus_relationship_declarations', 'nexus_state_entries'] %}
select '{{ model }}' as model, source, count(*) as rows_without_ingested_at
from {{ ref(model) }}
where _ingested_at is null
group by source
{% if not loop.last %}union all{% endif %}
{% endfor %}
