select
  {{ toolbox.star(from=ref('orders'), except=['AMOUNT', "status"], relation_alias='o', prefix='p_') }}
from {{ ref('orders') }} o
