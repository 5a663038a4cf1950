"""astronomer-cosmos: loads a project's graph from its manifest and by calling `dbt ls`, and prints both."""

import json
import logging
import sys
from pathlib import Path

from cosmos.config import ExecutionConfig, ProfileConfig, ProjectConfig, RenderConfig
from cosmos.constants import ExecutionMode, LoadMode
from cosmos.dbt.graph import DbtGraph

project, executable, profile, target = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
logging.disable(logging.WARNING)


def load(mode):
    """Returns the nodes as cosmos makes tasks of them."""
    graph = DbtGraph(
        project=ProjectConfig(manifest_path=project / "target/manifest.json", project_name=profile),
        profile_config=ProfileConfig(
            profile_name=profile, target_name=target, profiles_yml_filepath=project / "profiles.yml"),
        execution_config=ExecutionConfig(dbt_project_path=project, dbt_executable_path=executable),
        render_config=RenderConfig(
            load_method=mode, dbt_executable_path=executable, dbt_project_path=project, dbt_deps=False),
    )
    graph.load(method=mode, execution_mode=ExecutionMode.LOCAL)
    return {
        key: {
            "type": node.resource_type.value,
            "depends_on": sorted(node.depends_on),
            "file": str(node.original_file_path),
            "tags": sorted(node.tags),
            "fqn": node.fqn,
            "materialized": node.config.get("materialized"),
            "has_test": node.has_test,
            "has_freshness": node.has_freshness,
            "downstream": sorted(node.downstream),
        }
        for key, node in graph.filtered_nodes.items()
    }


answer = {"manifest": load(LoadMode.DBT_MANIFEST), "ls": load(LoadMode.DBT_LS)}
print("answer: " + json.dumps(answer, sort_keys=True))
