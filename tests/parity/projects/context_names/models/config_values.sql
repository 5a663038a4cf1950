{{ config(materialized='table', tags=['a'], meta={'k': 1}, custom_key='custom') }}
{{ config.get('materialized') }}
{{ config.get('custom_key') }}
{{ config.get('nope') }}
{{ config.get('nope', 'd') }}
{{ config.get('meta') }}
{{ config.meta_get('k') }}
{{ config.meta_get('nope', 'd') }}
{{ config.require('custom_key') if execute else '' }}
{{ config.persist_relation_docs() }}
{{ config.persist_column_docs() }}
{{ config.get('tags') }}
{{ config.get('enabled') }}
{{ config.get('schema') }}
{{ config.get('alias') }}
{{ config.get('pre-hook') }}
{{ config.get('unique_key') }}
{{ config.get('full_refresh') }}
{{ config.model.name if config.model else '' }}
{{ config.get('custom_key', validator=validation.any[basestring]) if false else 'v' }}
