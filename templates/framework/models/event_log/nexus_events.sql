-- One row an event of any enabled source.
{{ config(materialized=nexus.nexus_growing(), incremental_strategy=nexus.nexus_replacing(), unique_key='event_id') }}
{{ nexus.nexus_log_table('events') }}
