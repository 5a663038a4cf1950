{% snapshot kept_anew %}
{{ config(unique_key='id', strategy='check', check_cols=['colour']) }}
select * from {{ ref('colours') }}
{% endsnapshot %}
