{{ config(
  pre_hook=[log_hook('pre one'), {"sql": "{{ log_hook('pre two ' ~ this.identifier) }}", "transaction": true}],
  post_hook="{{ log_hook('post ' ~ model.name) }}"
) }}
select 'hooked' as name
