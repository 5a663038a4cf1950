select p.id, o.status from {{ source('seeded', 'people') }} p join {{ source('seeded', 'renamed') }} o on o.person_id = p.id
