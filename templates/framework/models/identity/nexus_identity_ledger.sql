-- One row a decision about an identifier, only ever added to: the newest says which entity it is of. It is the memory of ids, so a full refresh
-- leaves it alone; it is written by one statement, so that ids and the log cannot disagree.
{{ config(
    enabled=nexus.nexus_config('identity')['incremental'],
    materialized='incremental',
    incremental_strategy=nexus.nexus_appending(),
    full_refresh=false
) }}
{% if is_incremental() %}
{{ nexus.nexus_next_decisions(this) }}
{% else %}
{{ nexus.nexus_first_decisions() }}
-- depends_on: {{ ref('nexus_identity_edges') }}, {{ ref('nexus_identity_hubs') }}, {{ ref('nexus_identity_changes') }}
{% endif %}
