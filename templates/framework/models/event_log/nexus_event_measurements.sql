-- One row a number of an event.
{{ config(materialized=nexus.nexus_growing(), incremental_strategy=nexus.nexus_replacing(), unique_key='event_measurement_id') }}
{{ nexus.nexus_log_table('event_measurements') }}
