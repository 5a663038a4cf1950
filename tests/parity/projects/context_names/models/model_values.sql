{{ model.keys() | list | length > 20 }}
{{ model.name }}
{{ model.path }}
{{ model.original_file_path }}
{{ model.unique_id }}
{{ model.fqn }}
{{ model.alias }}
{{ model.checksum.name }}
{{ model.tags }}
{{ model.refs }}
{{ model.sources }}
{{ model.depends_on.nodes }}
{{ model.description }}
{{ model.columns }}
{{ model.meta }}
{{ model.config.meta }}
{{ model.config.enabled }}
{{ model.config.get('materialized') }}
{{ model.config['tags'] }}
{{ model.docs }}
{{ model.patch_path }}
{{ model.language }}
{{ model.compiled }}
{{ model.group }}
{{ model.access }}
{{ model.version }}
{{ model.constraints }}
{{ model.contract }}
{{ model.build_path is none }}
{{ model.raw_code | length }}
{{ model.relation_name is string }}
{{ model.created_at is number }}
{{ model.config.on_schema_change }}
{{ model.config.grants }}
{{ model.config.quoting }}
{{ model.config.packages }}
{{ model.config.persist_docs }}
{{ model.config.contract }}
{{ model.config.event_time }}
{{ model.config.keys() | list | length > 10 }}
{{ model.extra_ctes }}
{{ model.metrics }}
{{ model.deprecation_date }}
{{ model.primary_key }}
