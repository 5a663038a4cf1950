-- One row an identifier of a group and the group it belongs to.
{{ nexus.nexus_resolved_identifiers_of('group') }}
