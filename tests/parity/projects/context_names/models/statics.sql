{{ dbt_version.split('.') | length }}
{{ project_name }}
{{ invocation_id | length }}
{{ run_started_at.year > 2020 }}
{{ run_started_at.strftime('%Y') | length }}
{{ run_started_at.tzinfo }}
{{ thread_id is string }}
{{ local_md5('a') }}
{{ sql_now }}
{{ selected_resources | length > 1 if execute else true }}
{{ dbt_metadata_envs }}
{{ invocation_args_dict.which }}
{{ invocation_args_dict.full_refresh }}
{{ invocation_args_dict.keys() | list | length > 10 }}
{{ invocation_args_dict.nope is defined }}
{{ context_macro_stack.depth if false else '' }}
{{ database == target.database }}
{{ schema }}
{{ pre_hooks }}
{{ post_hooks }}
{{ sql is defined }}
{{ this.identifier }}
