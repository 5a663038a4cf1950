{% snapshot by_check_list %}
{{ config(strategy='check', check_cols=['name', 'points']) }}
select id, team, name, points from {{ ref('people') }}
{% endsnapshot %}

{% snapshot by_check_all %}
{{ config(strategy='check', check_cols='all') }}
select * from {{ ref('people') }}
{% endsnapshot %}

{% snapshot by_check_with_time %}
{{ config(strategy='check', check_cols=['name', 'points'], updated_at='changed_at') }}
select id, name, points, changed_at from {{ ref('people') }}
{% endsnapshot %}
