select
  {{ toolbox.select_list(ref('orders')) }}
from {{ ref('orders') }}
