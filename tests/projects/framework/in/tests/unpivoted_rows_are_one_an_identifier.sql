-- Paul's first form has his address twice: one row, as its id says. An empty column gives none.
with expected as (
    select 'f1' as row_id, 'paul@f.example' as identifier_value, 'sender' as role, 1 as sightings
    union all select 'f2' as row_id, 'paul@f.example' as identifier_value, 'sender' as role, 1 as sightings
    union all select 'f2' as row_id, 'paul@work.example' as identifier_value, 'sender' as role, 1 as sightings
    union all select 'f3' as row_id, 'quinn@f.example' as identifier_value, 'sender' as role, 1 as sightings
),

found as (
    select occurrences.row_id, sightings.identifier_value, sightings.role, count(*) as sightings
    from {{ ref('forms_entity_identifiers') }} as sightings
    inner join {{ ref('forms_occurrences') }} as occurrences on sightings.event_id = occurrences.event_id
    group by occurrences.row_id, sightings.identifier_value, sightings.role
)

{{ differences('found', 'expected', ['row_id', 'identifier_value', 'role', 'sightings']) }}

union all

select 'found only' as side, trait_name, trait_value, identifier_value, 1 as sightings
from {{ ref('forms_entity_traits') }}
where (trait_name, trait_value, identifier_value) not in (('name', 'Paul F', 'paul@f.example'), ('name', 'Quinn', 'quinn@f.example'))
