-- One row an identifier of a group and the group it belongs to.
{{ config(materialized='view' if nexus.nexus_config('identity')['incremental'] else 'table') }}
{{ nexus.nexus_resolved_identifiers_of('group') }}
