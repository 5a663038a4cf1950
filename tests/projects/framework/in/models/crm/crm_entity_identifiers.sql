{%- for model in ['crm_identifier_rows', 'crm_chain_rows'] %}
select
    {{ nexus.create_nexus_id('entity_identifier', ['event_id', 'edge_id', 'entity_type', 'identifier_type', 'identifier_value', 'role']) }} as entity_identifier_id,
    event_id,
    edge_id,
    entity_type,
    identifier_type,
    identifier_value,
    role,
    'crm' as source,
    cast('2024-01-01 00:00:00' as timestamp) as occurred_at,
    cast('2024-01-02 00:00:00' as timestamp) as _ingested_at
from {{ ref(model) }}
{% if not loop.last %}union all{% endif %}
{%- endfor %}
