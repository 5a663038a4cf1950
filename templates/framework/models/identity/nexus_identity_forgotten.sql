-- One row an identifier or event that was forgotten, by the md5 of its name: what stands here is read from no source again. `nexus identity forget`
-- adds rows; a build never does, and a full refresh leaves them alone.
{{ config(materialized='incremental', incremental_strategy=nexus.nexus_replacing(), unique_key='forgotten_key', full_refresh=false) }}
{{ nexus.nexus_empty_rows({'forgotten_key': 'text', 'kind': 'text', 'forgotten_at': 'timestamp'}) }}
