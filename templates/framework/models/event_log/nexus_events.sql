-- One row an event of any enabled source.
{{ nexus.nexus_union_sources('events') }}
