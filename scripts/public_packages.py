#!/usr/bin/env python3
"""Lays out the integration tests of public dbt packages, to run them with dbt-core and with nexus and compare.

    scripts/public_packages.py ~/.cache/nexus/public /tmp/packages
    tests/parity/compare.py --nexus … --root /tmp/packages --check nodes --check compiled --check manifest --check rows --check results

The first folder holds packages as their repositories have them, one folder each (`dbt_utils/dbt_project.yml`,
`dbt_utils/macros`, `dbt_utils/integration_tests`). Each one with integration tests becomes a project of its own beside
copies of all the packages, with a profile for DuckDB. Nothing of them is kept in this repository.
"""

import argparse
import re
import shutil
from pathlib import Path

PROFILE = """{profile}:
  target: duckdb
  outputs:
    duckdb: {{type: duckdb, path: "{{{{ env_var('NEXUS_TEST_DB') }}}}", schema: main, threads: 1}}
"""
# What dbt cannot compile on DuckDB once it is built, since it cannot build what it stands on: dbt compiles nothing then.
LEFT_OUT = {"dbt_utils": "test_date_spine+ test_get_relations_by_pattern+ test_get_relations_by_prefix_and_union+"}
IGNORED = shutil.ignore_patterns("target", "logs", "dbt_packages", "packages.yml", "dependencies.yml", "package-lock.yml",
                                 "integration_tests", "profiles.yml")


def setting(project, key):
    """Returns a plain text setting of a project file."""
    text = (project / "dbt_project.yml").read_text()
    found = re.search(rf"^{key}:\s*[\"']?([\w.-]+)", text, re.MULTILINE)
    return found.group(1) if found else None


def needed_by(package, packages):
    """Returns the package and all that it asks for, by the names in packages.yml, as far as they are there."""
    needed, ahead = [], [package.name]
    while ahead:
        name = ahead.pop()
        if name in needed:
            continue
        needed.append(name)
        for folder in (packages[name], packages[name] / "integration_tests"):
            listed = folder / "packages.yml"
            asked = re.findall(r"package:\s*[\"']?[\w.-]+/([\w.-]+)", listed.read_text()) if listed.exists() else []
            ahead += [other.replace("-", "_") for other in asked if other.replace("-", "_") in packages]
    return needed


def lay_out(package, packages, out):
    """Makes the project of a package's integration tests."""
    project = out / package.name
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(package / "integration_tests", project, ignore=IGNORED)
    names = needed_by(package, packages)
    for name in names:
        shutil.copytree(packages[name], project / "packages" / name, ignore=IGNORED)
    (project / "packages.yml").write_text("packages:\n" + "".join(f"  - local: packages/{name}\n" for name in names))
    (project / "profiles.yml").write_text(PROFILE.format(profile=setting(project, "profile")))
    if package.name in LEFT_OUT:
        for command in ("compile.txt", "docs.txt"):
            (project / command).write_text(f"--exclude {LEFT_OUT[package.name]}\n")
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("packages", type=Path, help="the folder with the packages")
    parser.add_argument("out", type=Path, help="the folder for the projects")
    args = parser.parse_args()
    packages = {p.name: p for p in sorted(args.packages.iterdir()) if (p / "dbt_project.yml").exists()}
    args.out.mkdir(parents=True, exist_ok=True)
    for package in packages.values():
        if (package / "integration_tests/dbt_project.yml").exists():
            print(f"{package.name}: with {', '.join(lay_out(package, packages, args.out))}")


if __name__ == "__main__":
    main()
