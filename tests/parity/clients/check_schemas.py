"""Checks the artifacts of a folder against the JSON schemas that dbt-core publishes: those of its own classes.

Runs in the oracle's Python, which has dbt-core and jsonschema.
"""

import json
import sys
from pathlib import Path

from dbt.artifacts.schemas.catalog import CatalogArtifact
from dbt.artifacts.schemas.freshness import FreshnessExecutionResultArtifact
from dbt.artifacts.schemas.manifest import WritableManifest
from dbt.artifacts.schemas.run import RunResultsArtifact
from jsonschema import Draft202012Validator

CLASSES = {
    "manifest": WritableManifest,
    "run_results": RunResultsArtifact,
    "catalog": CatalogArtifact,
    "sources": FreshnessExecutionResultArtifact,
}

VALIDATORS = {name: Draft202012Validator(published.json_schema()) for name, published in CLASSES.items()}

seen = set()


def without_seen_macros(artifact):
    """Leaves out macros that an earlier manifest had in the same form: each project has all built-in ones."""
    for key, macro in list(artifact.get("macros", {}).items()):
        form = json.dumps({**macro, "created_at": 0}, sort_keys=True)
        if form in seen:
            del artifact["macros"][key]
        seen.add(form)
    return artifact


answer = {}
for folder in sys.argv[1:]:
    for name, validator in VALIDATORS.items():
        path = Path(folder) / f"{name}.json"
        if path.exists():
            faults = validator.iter_errors(without_seen_macros(json.loads(path.read_text())))
            answer[str(path)] = [f"{fault.json_path}: {fault.message[:400]}" for fault in faults]
json.dump(answer, sys.stdout, indent=1)
