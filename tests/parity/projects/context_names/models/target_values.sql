{{ target.name }}
{{ target.target_name }}
{{ target.profile_name }}
{{ target.type }}
{{ target.schema }}
{{ target.database == this.database }}
{{ target.threads }}
{{ target.get('nope', 'd') }}
{{ 'name' in target }}
{{ target.keys() | list | length > 5 }}
{{ target.user is defined }}
{{ target.extensions }}
{{ target.settings }}
{{ target.attach }}
{{ target.is_motherduck is defined }}
{{ target['name'] }}
{{ env.name }}
