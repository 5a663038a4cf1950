{% snapshot hard_invalidate %}
{{ config(strategy='timestamp', updated_at='changed_at', hard_deletes='invalidate') }}
select id, name, points, changed_at from {{ ref('people') }}
{% endsnapshot %}
