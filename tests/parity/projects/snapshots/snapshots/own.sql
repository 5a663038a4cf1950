{% snapshot own_strategy %}
{{ config(strategy='points_only', hard_deletes='ignore') }}
select id, points from {{ ref('people') }}
{% endsnapshot %}
