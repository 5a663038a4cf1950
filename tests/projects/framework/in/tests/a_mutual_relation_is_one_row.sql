-- Alice declares Bob a friend, then Bob Alice.
select count(*) as friendships, min(declarations) as declarations
from {{ ref('nexus_relationships') }}
where relationship_type = 'friendship'
having count(*) <> 1 or min(declarations) <> 2
