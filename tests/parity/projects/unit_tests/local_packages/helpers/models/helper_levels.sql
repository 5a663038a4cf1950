select level, {{ shout('label') }} as label from {{ ref('levels') }} where level > {{ var('least_level', 0) }}
