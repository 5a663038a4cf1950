-- Occurrences of one entity whose identifiers are in two entities: what the sources said is not what came out. Denied
-- pairs, and what an entity may not have, are taken apart first.
select
    sightings.edge_id,
    sightings.entity_type,
    count(distinct resolved.entity_id) as entities
from {% if nexus.nexus_config('identity')['deny'] or nexus.nexus_limits() -%}
(
    {{ nexus.nexus_joining_sightings() | indent(4) }}
)
{%- else -%}
{{ ref('nexus_entity_identifiers') }}
{%- endif %} as sightings
inner join {{ ref('nexus_resolved_identifiers') }} as resolved
    on sightings.entity_type = resolved.entity_type
    and sightings.identifier_type = resolved.identifier_type
    and sightings.identifier_value = resolved.identifier_value
where sightings.edge_id is not null
group by sightings.edge_id, sightings.entity_type
having count(distinct resolved.entity_id) > 1
