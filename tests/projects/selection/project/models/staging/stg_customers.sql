select * from {{ source('raw', 'customers') }} left join {{ ref('countries') }} using (country_code)
