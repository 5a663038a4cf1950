-- One row an identifier of a group and the group it belongs to.
{{ config(materialized='view') }}
{{ nexus.nexus_resolved_identifiers_of('group') }}
