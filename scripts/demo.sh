#!/usr/bin/env bash
# Runs the demo from nothing and prints what came out of it: persons, groups,
# events and states. The checkout is left as it was; the database and the
# artifacts are written to OUT.
#
#   scripts/demo.sh NEXUS PROJECT OUT
set -euo pipefail

NEXUS=${1:?the path of the nexus binary}
PROJECT=${2:?the path of the demo project}
OUT=${3:?a folder for the database and the artifacts}

mkdir -p "$OUT"
export NEXUS_DEMO_DB=$OUT/demo.duckdb
rm -f "$NEXUS_DEMO_DB" "$NEXUS_DEMO_DB.wal"
WHERE=(--project-dir "$PROJECT" --profiles-dir "$PROJECT" --target-path "$OUT/target")

"$NEXUS" build "${WHERE[@]}"

show() { "$NEXUS" --quiet show "${WHERE[@]}" --limit "$2" --inline "$1"; }

printf '\nWhat the demo holds\n'
show "
select 'persons' as entity, count(*) as row_count from {{ ref('nexus_persons') }}
union all select 'groups', count(*) from {{ ref('nexus_groups') }}
union all select 'memberships', count(*) from {{ ref('nexus_memberships') }}
union all select 'events', count(*) from {{ ref('nexus_events') }}
union all select 'states', count(*) from {{ ref('nexus_states') }}" 10
printf '\nEvents by source\n'
show "
select source, count(*) as events, min(occurred_at) as first_event, max(occurred_at) as last_event
from {{ ref('nexus_events') }} group by source order by source" 20
printf '\nStates that hold now\n'
show "
select state_name, state_value, count(*) as entities
from {{ ref('nexus_states') }} where state_exited_at is null
group by state_name, state_value order by state_name, state_value" 40
printf '\nDatabase: %s\n' "$NEXUS_DEMO_DB"
