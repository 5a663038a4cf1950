{% snapshot kept_anew %}
{{ config(unique_key='id', strategy='check', check_cols=['id', 'colour']) }}
select * from {{ ref('colours') }}
{% endsnapshot %}
