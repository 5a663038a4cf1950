-- One row an identifier that stands beside more others than its type allows: it would join strangers, so it joins
-- nothing. Empty without `max_entities_per_value`.
{{ nexus.nexus_identity_hubs(ref('nexus_entity_identifiers')) }}
