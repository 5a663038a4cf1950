"""dbt-artifacts-parser: parses the artifacts of a folder and prints what it made of them."""

import json
import sys
from pathlib import Path

from dbt_artifacts_parser import parser

PARSERS = {
    "manifest": parser.parse_manifest,
    "run_results": parser.parse_run_results,
    "catalog": parser.parse_catalog,
    "sources": parser.parse_sources,
}

answer = {}
for name, parse in PARSERS.items():
    path = Path(sys.argv[1]) / f"{name}.json"
    if not path.exists():
        continue
    parsed = parse(json.loads(path.read_text()))
    said = answer[name] = {"class": type(parsed).__name__}
    for part in ("nodes", "sources", "exposures", "unit_tests"):
        entries = getattr(parsed, part, None)
        if isinstance(entries, dict):
            said[part] = sorted(f"{key}: {type(entry).__name__}" for key, entry in entries.items())
    results = getattr(parsed, "results", None)
    if results is not None:
        said["results"] = sorted(f"{result.unique_id}: {result.status.value}" for result in results)
json.dump(answer, sys.stdout, indent=1, sort_keys=True)
