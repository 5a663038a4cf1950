-- One row a number of an event.
{{ nexus.nexus_union_sources('event_measurements') }}
