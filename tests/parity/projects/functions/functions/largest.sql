select max(size) from {{ ref('sizes') }}
