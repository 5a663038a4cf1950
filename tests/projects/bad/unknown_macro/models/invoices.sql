select {{ cents_to_euro('amount') }} as amount
from (select 100 as amount)
