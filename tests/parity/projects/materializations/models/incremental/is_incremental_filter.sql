{{ config(unique_key='id') }}
select id, amount, {{ var('run_number') }} as seen_in_run
from {{ ref('events') }}
{% if is_incremental() %}
where id > (select max(id) from {{ this }}) and at_run <= {{ var('run_number') }}
{% else %}
where at_run = 1
{% endif %}
