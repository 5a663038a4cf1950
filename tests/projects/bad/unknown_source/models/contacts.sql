select * from {{ source('crm', 'contact') }}
