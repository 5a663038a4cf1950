#!/usr/bin/env python3
"""Fetches dbt projects that others have published on PyPI, to compare nexus with dbt-core on them.

    scripts/public_projects.py /tmp/public
    tests/parity/compare.py --nexus … --root /tmp/public --check nodes --check compiled

The projects come from source distributions, as they are but for the profile: each gets one of its own for DuckDB.
Nothing of them is kept in this repository.
"""

import argparse
import io
import re
import shutil
import tarfile
import tempfile
import urllib.parse
import urllib.request
from pathlib import Path

# Distribution, and the folders in it below which projects are looked for.
SOURCES = [
    ("dagster-dbt==0.29.27", ["dagster_dbt_tests/dbt_projects", "dagster_dbt_tests/components"]),
    ("dbt-osmosis==1.5.0", ["demo_duckdb"]),
    ("dbt-metabase==1.7.5", ["sandbox"]),
    ("sqlmesh==0.236.4", ["examples", "tests/fixtures/dbt"]),
    ("dbt-autofix==0.22.6", ["tests/integration_tests/dbt_projects"]),
    ("dbt-dry-run==0.10.1", ["integration/projects"]),
    ("dbt-toolbox==0.12.0", ["tests/dbt_sample_project"]),
    ("prefect-dbt==0.7.25", ["tests/dbt_test_project"]),
    ("opendbt==0.14.0", ["tests/resources"]),
    ("dbt-metricflow==0.15.0", ["dbt_metricflow/cli"]),
    ("dbt-contracts==1.1.0", ["tests/integration/project"]),
]

PROFILE = """{profile}:
  target: dev
  outputs:
    dev: {{type: duckdb, path: "{{{{ env_var('NEXUS_TEST_DB') }}}}", schema: main, threads: 1}}
"""


def fetch(requirement, into):
    """Downloads and unpacks a source distribution, without running anything of it."""
    name, version = requirement.split("==")
    index = f"https://pypi.org/simple/{name}/"
    with urllib.request.urlopen(index, timeout=60) as answer:
        links = re.findall(r'href="([^"]+)"', answer.read().decode())
    names = [f"/{spelt}-{version}.tar.gz" for spelt in (name, name.replace("-", "_"))]
    url = urllib.parse.urljoin(index, next(link for link in links if any(n in link for n in names)))
    with urllib.request.urlopen(url, timeout=300) as answer, tarfile.open(fileobj=io.BytesIO(answer.read())) as opened:
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
            if {"dbt_packages", "packages"} & set(project.relative_to(root).parts):
                continue
            profile = profile_of(project)
            name = f"{distribution}__{project.name}"
            if name in taken:
                name += f"_{len(taken)}"
            shutil.rmtree(out / name, ignore_errors=True)
            shutil.copytree(project, out / name)
            if profile is None:
                profile = "public"
                with (out / name / "dbt_project.yml").open("a") as file:
                    file.write("\nprofile: public\n")
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
