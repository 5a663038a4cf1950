{% snapshot hard_ignore %}
{{ config(strategy='timestamp', updated_at='changed_at', hard_deletes='ignore') }}
select id, name, points, changed_at from {{ ref('people') }}
{% endsnapshot %}
