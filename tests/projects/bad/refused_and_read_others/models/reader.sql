select {{ function('twice') }}(1) as id
from {{ source('whole', 't') }}, {{ source('one', 't') }}, {{ source('switched', 't') }}, {{ source('rendered', 't') }}, {{ source('unread', 't') }},
    {{ ref('kept') }}, {{ ref('rows') }}, {{ ref('versioned') }}
