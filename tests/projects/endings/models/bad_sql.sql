select nope from {{ ref('good') }}
