{% snapshot of_project %}
select id, name, points from {{ ref('people') }}
{% endsnapshot %}
