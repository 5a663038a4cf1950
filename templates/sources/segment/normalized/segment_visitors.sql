{{ config(materialized='table', enabled=nexus.nexus_source_shipped('segment')) }}

-- One row a call and who made it. Traits stand in an identify call, or in the context of any other. A user id that is an address is
-- one. An alias call joins a former id: a user id where any call has it as such, else the id of a browser.
with users as (
    select distinct user_id
    from {{ ref('segment_calls') }}
    where user_id is not null
),

fields as (
    select
        calls.message_id,
        calls.anonymous_id,
        calls.user_id,
        case when users.user_id is null then calls.previous_id end as previous_anonymous_id,
        case when users.user_id is not null then calls.previous_id end as previous_user_id,
        {%- for name in ['email', 'phone', 'name', 'firstName', 'lastName', 'title'] %}
        nullif(trim(case when calls.call_type = 'identify' then {{ nexus.nexus_json_text('calls.record', 'traits.' ~ name) }}
            else {{ nexus.nexus_json_text('calls.record', 'context.traits.' ~ name) }} end), '') as raw_{{ name | lower }},
        {%- endfor %}
        calls.occurred_at,
        calls._ingested_at
    from {{ ref('segment_calls') }} as calls
    left join users on calls.call_type = 'alias' and calls.previous_id = users.user_id
)

select
    message_id,
    anonymous_id,
    user_id,
    previous_anonymous_id,
    previous_user_id,
    raw_email,
    raw_phone,
    coalesce({{ nexus.normalize_email('raw_email') }}, {{ nexus.normalize_email('user_id') }}) as email,
    {{ nexus.normalize_phone('raw_phone') }} as phone,
    coalesce(raw_name, nullif(trim(coalesce(raw_firstname, '') || ' ' || coalesce(raw_lastname, '')), '')) as name,
    raw_title as title,
    occurred_at,
    _ingested_at
from fields
