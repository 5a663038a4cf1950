{% snapshot by_time %}
{{ config(strategy='timestamp', updated_at='changed_at') }}
select * from {{ ref('people') }}
{% endsnapshot %}
