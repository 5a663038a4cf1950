select
  {{ toolbox.star(ref('orders')) }}
from {{ ref('orders') }}
