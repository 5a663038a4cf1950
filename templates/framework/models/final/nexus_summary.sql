-- One row a metric.
select 'persons' as metric, count(*) as row_count from {{ ref('nexus_persons') }}
union all
select 'groups' as metric, count(*) as row_count from {{ ref('nexus_groups') }}
union all
select 'memberships' as metric, count(*) as row_count from {{ ref('nexus_memberships') }}
union all
select 'events' as metric, count(*) as row_count from {{ ref('nexus_events') }}
union all
select 'states' as metric, count(*) as row_count from {{ ref('nexus_states') }}
union all
select 'quarantined identifiers' as metric, count(*) as row_count from {{ ref('nexus_identity_quarantine') }}
union all
select 'rejected records' as metric, count(*) as row_count from {{ ref('nexus_rejects') }} where scope = 'row'
union all
select 'rejected values' as metric, count(*) as row_count from {{ ref('nexus_rejects') }} where scope <> 'row'
