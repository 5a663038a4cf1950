{% snapshot far_future %}
{{ config(strategy='timestamp', updated_at='changed_at', dbt_valid_to_current="'9999-12-31'::timestamp", hard_deletes='invalidate') }}
select id, name, changed_at from {{ ref('people') }}
{% endsnapshot %}

{% snapshot far_future_new_record %}
{{ config(strategy='check', check_cols=['name'], dbt_valid_to_current="timestamp '9999-12-31'", hard_deletes='new_record') }}
select id, name from {{ ref('people') }}
{% endsnapshot %}

{% snapshot renamed_columns %}
{{ config(strategy='timestamp', updated_at='changed_at', hard_deletes='new_record',
    snapshot_meta_column_names={'dbt_valid_from': 'from_ts', 'dbt_valid_to': 'to_ts', 'dbt_scd_id': 'scd', 'dbt_updated_at': 'upd', 'dbt_is_deleted': 'gone'}) }}
select id, name, changed_at from {{ ref('people') }}
{% endsnapshot %}

{% snapshot some_renamed %}
{{ config(strategy='check', check_cols=['name'], snapshot_meta_column_names={'dbt_valid_to': 'until'}) }}
select id, name from {{ ref('people') }}
{% endsnapshot %}
