-- One row an interval [valid_from, valid_to) of an entity in which none of its declared states changes, with a column for
-- each. After the first state a time without any is a row too.
{{ nexus.nexus_entity_states(ref('nexus_states')) }}
