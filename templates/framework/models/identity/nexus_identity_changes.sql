-- One row an identifier that changed in a batch, that is a build that found new, changed or missing rows; or one row `all`.
{{ config(
    enabled=nexus.nexus_config('identity')['incremental'],
    materialized='incremental',
    incremental_strategy=nexus.nexus_appending()
) }}
{{ nexus.nexus_identity_changes() }}
