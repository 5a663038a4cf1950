select loaded_at from {{ ref('loads') }} where false
