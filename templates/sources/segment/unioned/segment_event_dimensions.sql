{{ config(materialized=nexus.nexus_between(), enabled=nexus.nexus_source_shipped('segment')) }}

{% for name in ['page_path', 'referrer_domain', 'utm_source', 'utm_medium', 'utm_campaign'] -%}
select
    {{ nexus.create_nexus_id('event_dimension', ['event_id', "'" ~ name ~ "'"]) }} as event_dimension_id,
    event_id,
    '{{ name }}' as dimension_name,
    {{ name }} as dimension_value,
    occurred_at,
    source,
    _ingested_at
from {{ ref('segment_behaviour_events') }}
where {{ name }} is not null
{%- if not loop.last %}

union all

{% endif %}
{%- endfor %}
