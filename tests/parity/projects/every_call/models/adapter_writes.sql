{{ config(materialized='table') }}
-- depends_on: {{ ref('people') }}
{%- if execute -%}
{%- set seen = [] -%}
{%- set side = api.Relation.create(database=target.database, schema='side') -%}
{%- set one = api.Relation.create(database=target.database, schema='side', identifier='one', type='table') -%}
{%- set two = api.Relation.create(database=target.database, schema='side', identifier='two', type='table') -%}
{%- set wide = api.Relation.create(database=target.database, schema='side', identifier='wide', type='table') -%}
{%- do adapter.drop_schema(side) -%}
{%- do seen.append(('schema before', adapter.check_schema_exists(target.database, 'side'))) -%}
{%- do adapter.create_schema(side) -%}
{%- do seen.append(('schema made', adapter.check_schema_exists(target.database, 'side'))) -%}
{%- do adapter.add_query('create table side.one as select id, name from ' ~ ref('people'), auto_begin=false) -%}
{%- do seen.append(('cache_added', adapter.cache_added(one))) -%}
{%- do seen.append(('found', adapter.get_relation(target.database, 'side', 'one'))) -%}
{%- do run_query('create table side.wide as select id, name, born from ' ~ ref('people')) -%}
{%- do seen.append(('missing', adapter.get_missing_columns(wide, one) | map(attribute='name') | list)) -%}
{%- do seen.append(('expand', adapter.expand_target_column_types(from_relation=wide, to_relation=one))) -%}
{%- do seen.append(('columns', adapter.get_columns_in_relation(one) | map(attribute='name') | list)) -%}
{%- do seen.append(('columns by name', adapter.get_columns_in_table('side', 'one') | map(attribute='name') | list)) -%}
{%- do adapter.rename_relation(one, two) -%}
{%- do seen.append(('renamed', adapter.get_relation(target.database, 'side', 'two') is not none)) -%}
{%- do seen.append(('old name', adapter.get_relation(target.database, 'side', 'one') is none)) -%}
{%- do seen.append(('rows', run_query('select count(*) from side.two').columns[0].values()[0])) -%}
{%- do adapter.truncate_relation(two) -%}
{%- do seen.append(('rows truncated', run_query('select count(*) from side.two').columns[0].values()[0])) -%}
{%- do seen.append(('cache_renamed', adapter.cache_renamed(two, one))) -%}
{%- do seen.append(('cache_renamed back', adapter.cache_renamed(one, two))) -%}
{%- do adapter.drop_relation(two) -%}
{%- do seen.append(('dropped', adapter.get_relation(target.database, 'side', 'two') is none)) -%}
{%- do seen.append(('cache_dropped', adapter.cache_dropped(wide))) -%}
{%- do adapter.drop_schema(side) -%}
{%- do seen.append(('schema dropped', adapter.check_schema_exists(target.database, 'side'))) -%}
{{ as_rows(seen) }}
{%- else -%}
select 1
{%- endif -%}
