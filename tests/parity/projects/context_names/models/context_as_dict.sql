{{ context.keys() | list | length > 100 }}
{{ 'ref' in context }}
{{ 'nope' in context }}
{{ context.get('nope', 'd') }}
{{ context['project_name'] }}
{{ context.target.name }}
{{ context.get('note') is callable }}
{{ context['dbt']['concat'](['a', 'b']) }}
{{ context.dbt.type_string() }}
{{ 'concat' in dbt }}
{{ 'nope' in dbt }}
{{ dbt.get('nope') is none }}
