{{ config(
    pre_hook=[
        "create table if not exists {{ target.schema }}_told (what text)",
        "insert into {{ target.schema }}_told values ('daily begins')"
    ],
    post_hook="insert into {{ target.schema }}_told values ('daily ends')"
) }}
select v.id, v.seen_at, v.page, p.title, {{ is_incremental() }} as grows,
    '{{ model.batch.id if model.batch else 'none' }}' as batch,
    '{{ model.batch.event_time_start if model.batch else 'none' }}' as starts,
    '{{ model.config.__dbt_internal_microbatch_event_time_start }}' as internal
from {{ ref('visits') }} as v
left join {{ ref('pages') }} as p on p.page = v.page
