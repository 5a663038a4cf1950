{% snapshot hard_new_record %}
{{ config(strategy='timestamp', updated_at='changed_at', hard_deletes='new_record') }}
select id, name, points, changed_at from {{ ref('people') }}
{% endsnapshot %}
