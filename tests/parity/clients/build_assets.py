"""dagster-dbt: builds a project as Dagster's assets through a streamed `dbt build`, and prints what Dagster recorded."""

import json
import sys
from pathlib import Path

from dagster import AssetExecutionContext, materialize
from dagster_dbt import DbtCliResource, dbt_assets

project, executable = Path(sys.argv[1]), sys.argv[2]
resource = DbtCliResource(project_dir=str(project), profiles_dir=str(project), dbt_executable=executable)
resource.cli(["parse"], target_path=project / "target").wait()


@dbt_assets(manifest=project / "target/manifest.json")
def assets(context: AssetExecutionContext, dbt: DbtCliResource):
    call = dbt.cli(["build"], context=context, raise_on_error=False)
    yield from call.stream()


done = materialize([assets], resources={"dbt": resource}, raise_on_error=False)


def steady(metadata):
    """Returns metadata without clock readings and ids of the call."""
    kept = {}
    for key, value in metadata.items():
        timed = key in ("Execution Duration", "invocation_id") or "seconds" in key or "time" in key.lower()
        kept[key] = type(value).__name__ if timed else str(value.value)
    return kept


answer = {
    "success": done.success,
    "materializations": sorted(
        ([event.asset_key.to_user_string(), steady(event.materialization.metadata)]
         for event in done.get_asset_materialization_events()), key=json.dumps),
    "checks": sorted(
        ([check.asset_key.to_user_string(), check.check_name, check.passed, check.severity.value, steady(check.metadata)]
         for check in done.get_asset_check_evaluations()), key=json.dumps),
    "observations": sorted(
        ([event.asset_key.to_user_string(), steady(event.asset_observation_data.asset_observation.metadata)]
         for event in done.get_asset_observation_events()), key=json.dumps),
}
print("answer: " + json.dumps(answer, sort_keys=True))
