#!/usr/bin/env python3
"""Fetches dbt projects that others have published on PyPI, to compare nexus with dbt-core on them.

    scripts/public_projects.py /tmp/public
    tests/parity/compare.py --nexus … --root /tmp/public --check nodes --check compiled

The projects come from source distributions, as they are but for `profiles.yml`: each gets one of its own for DuckDB.
Nothing of them is kept in this repository.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

# Distribution, and the folders in it below which projects are looked for.
SOURCES = [
    ("dagster-dbt==0.29.27", ["dagster_dbt_tests/dbt_projects", "dagster_dbt_tests/components"]),
    ("dbt-osmosis==1.5.0", ["demo_duckdb"]),
    ("dbt-metabase==1.7.5", ["sandbox"]),
]

PROFILE = """{profile}:
  target: dev
  outputs:
    dev: {{type: duckdb, path: "{{{{ env_var('NEXUS_TEST_DB') }}}}", schema: main, threads: 1}}
"""


def fetch(requirement, into):
    """Downloads and unpacks a source distribution."""
    name = requirement.split("==")[0]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", name, "--dest", str(into)]
    subprocess.run([*command, requirement], check=True)
    archive = next(into.glob("*.tar.gz"))
    with tarfile.open(archive) as opened:
        opened.extractall(into / "unpacked", filter="data")
    return next((into / "unpacked").iterdir())


def profile_of(project):
    found = re.search(r"^profile:\s*[\"']?([\w.-]+)", (project / "dbt_project.yml").read_text(), re.MULTILINE)
    return found.group(1) if found else None


def take(distribution, root, folders, out):
    """Copies the projects of a distribution and returns their names."""
    taken = []
    for folder in folders:
        for found in sorted((root / folder).rglob("dbt_project.yml")):
            project = found.parent
            profile = profile_of(project)
            if profile is None or "dbt_packages" in project.parts:
                continue
            name = f"{distribution}__{project.name}"
            if name in taken:
                name += f"_{len(taken)}"
            shutil.rmtree(out / name, ignore_errors=True)
            shutil.copytree(project, out / name)
            (out / name / "profiles.yml").write_text(PROFILE.format(profile=profile))
            taken.append(name)
    return taken


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("out", type=Path, help="the folder for the projects")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for requirement, folders in SOURCES:
        with tempfile.TemporaryDirectory() as scratch:
            root = fetch(requirement, Path(scratch))
            taken = take(requirement.split("==")[0].replace("-", "_"), root, folders, args.out)
        print(f"{requirement}: {len(taken)} projects")


if __name__ == "__main__":
    main()
