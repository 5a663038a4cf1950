-- One row a category of an event.
{{ nexus.nexus_union_sources('event_dimensions') }}
