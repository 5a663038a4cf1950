{% snapshot legacy_invalidate %}
{{ config(strategy='check', check_cols=['name'], invalidate_hard_deletes=true, target_schema='legacy_place', target_database=database) }}
select id, name from {{ ref('people') }}
{% endsnapshot %}
