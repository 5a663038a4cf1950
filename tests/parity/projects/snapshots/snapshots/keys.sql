{% snapshot several_keys %}
{{ config(unique_key=['team', 'id'], strategy='timestamp', updated_at='changed_at', hard_deletes='invalidate') }}
select * from {{ ref('people') }}
{% endsnapshot %}

{% snapshot several_keys_new_record %}
{{ config(unique_key=['team', 'id'], strategy='check', check_cols=['points'], hard_deletes='new_record') }}
select id, team, points from {{ ref('people') }}
{% endsnapshot %}

{% snapshot key_expression %}
{{ config(unique_key="team || '-' || id", strategy='check', check_cols=['name']) }}
select id, team, name from {{ ref('people') }}
{% endsnapshot %}
