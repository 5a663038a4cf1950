-- One row a category of an event.
{{ config(materialized=nexus.nexus_growing(), incremental_strategy=nexus.nexus_replacing(), unique_key='event_dimension_id') }}
{{ nexus.nexus_log_table('event_dimensions') }}
