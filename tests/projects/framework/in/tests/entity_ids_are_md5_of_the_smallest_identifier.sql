-- The ids in the seed are the md5 of the column `smallest`, computed outside the database.
select expected.identifier_value, expected.smallest, expected.entity_id, resolved.entity_id as found
from {{ ref('expected_entity_ids') }} as expected
left join {{ ref('nexus_resolved_identifiers') }} as resolved
    on expected.entity_type = resolved.entity_type
    and expected.identifier_type = resolved.identifier_type
    and expected.identifier_value = resolved.identifier_value
where resolved.entity_id is null or resolved.entity_id <> expected.entity_id
