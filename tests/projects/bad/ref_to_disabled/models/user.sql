select * from {{ ref('off_in_yaml') }}
union all select * from {{ ref('off_in_file') }}
