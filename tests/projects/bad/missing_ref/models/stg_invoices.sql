-- staged invoices
select
  id
from {{ ref('raw_invoice') }}
