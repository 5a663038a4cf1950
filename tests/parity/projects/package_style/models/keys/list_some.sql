select
  {{ toolbox.select_list(of=ref('orders'), without=['AMOUNT', "status"], alias='o', rename='p_') }}
from {{ ref('orders') }} o
