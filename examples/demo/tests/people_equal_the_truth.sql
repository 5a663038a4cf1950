-- Every identifier is resolved, and two of them belong to one person exactly where the truth says so.
{{ partition_differences('nexus_resolved_person_identifiers', 'person_id', 'identities', 'person_key') }}
