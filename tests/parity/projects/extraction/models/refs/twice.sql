select a.id from {{ ref('base_model') }} a join {{ ref('base_model') }} b on a.id = b.id join {{ ref('extraction', 'base_model') }} c on c.id = a.id
