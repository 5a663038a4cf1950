select v from {{ ref('extraction', 'versioned', version=1) }} union all select v from {{ ref('versioned', v='2') }}
