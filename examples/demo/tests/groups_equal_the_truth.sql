-- Every identifier is resolved, and two of them belong to one company exactly where the truth says so.
{{ partition_differences('nexus_resolved_group_identifiers', 'group_id', 'groups', 'group_key') }}
