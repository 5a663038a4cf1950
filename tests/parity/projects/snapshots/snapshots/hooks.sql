{% snapshot with_hooks %}
{{ config(strategy='check', check_cols='all', pre_hook='create table if not exists told (what text)', post_hook="insert into told values ('{{ this.name }}')") }}
select id, name from {{ ref('people') }}
{% endsnapshot %}
