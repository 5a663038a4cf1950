-- The entity behind each name that the expectations use.
select distinct expected.holder, resolved.entity_id
from {{ ref('expected_identifiers') }} as expected
inner join {{ ref('nexus_resolved_identifiers') }} as resolved
    on expected.entity_type = resolved.entity_type
    and expected.identifier_type = resolved.identifier_type
    and expected.identifier_value = resolved.identifier_value
