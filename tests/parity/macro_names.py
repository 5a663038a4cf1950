#!/usr/bin/env python3
"""Compares the names of the macros that dbt and its adapters bring with those of nexus, and fails where one of dbt's is
absent and not in `macro_names.toml`, or stands there without need.

Projects override these macros by name and call them, so a name that is missing is a project that does not run. The
environments are those that `make test` makes, of dbt-duckdb and dbt-postgres, and more by `--environment`; what each macro
renders is compared by the parity projects.
"""

import argparse
import fnmatch
import os
import pathlib
import re
import subprocess
import sys
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("NEXUS_CACHE") or pathlib.Path.home() / ".cache" / "nexus")
MACROS = HERE.parent.parent / "macros" / "dbt"
OPENING = re.compile(r"{%-?\s*(macro|materialization|test|data_test)\s+(\w+)([^%]*)%}")
COMMENT = re.compile(r"{#.*?#}", re.DOTALL)


def names(folder, but=None):
    """The macros of a folder by name, materializations and tests by the names that dbt gives them."""
    found = set()
    for path in sorted(p for p in folder.rglob("*.sql") if but not in p.parents):
        for kind, name, rest in OPENING.findall(COMMENT.sub("", path.read_text())):
            if kind == "macro":
                found.add(name)
            elif kind == "materialization":
                adapter = re.search(r"adapter\s*=\s*['\"](\w+)", rest)
                found.add(f"materialization_{name}_{adapter[1] if adapter else 'default'}")
            else:
                found.add(f"test_{name}")
    return found


def own(package):
    """What nexus brings for a package: those of `dbt` serve all adapters."""
    adapters = MACROS / "adapters"
    if package == "global_project":
        return names(MACROS, but=adapters)
    return own("global_project") | names(adapters / package)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nexus", help="not used: the macros are read from the checkout")
    parser.add_argument("--dbt", required=True, type=pathlib.Path, help="dbt with dbt-duckdb")
    parser.add_argument("--environment", action="append", default=[], help="a virtual environment with another adapter")
    arguments = parser.parse_args()
    reasons = tomllib.loads((HERE / "macro_names.toml").read_text())
    faults = []
    compared = {}
    subprocess.run([sys.executable, HERE / "postgres" / "compare.py", "--setup"], check=True, stdout=subprocess.DEVNULL)
    environments = [arguments.dbt.parent.parent, CACHE / "dbt-postgres", *arguments.environment]
    includes = [i for e in environments for i in pathlib.Path(e).glob("lib/python3.*/site-packages/dbt/include")]
    for folder in includes:
        for package in sorted(p.name for p in folder.iterdir() if (p / "macros").is_dir() and p.name != "starter_project"):
            if package in compared:
                continue
            missing = names(folder / package / "macros") - own(package)
            patterns = [pattern for entry in reasons.get(package, []) for pattern in entry["names"]]
            for name in sorted(missing):
                if not any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
                    faults.append(f"{package}: `{name}` is a macro of dbt and not of nexus")
            for pattern in patterns:
                if not fnmatch.filter(missing, pattern):
                    faults.append(f"{package}: `{pattern}` stands in macro_names.toml, and no such macro is missing")
            compared[package] = (len(names(folder / package / "macros")), len(missing))
    for package, (total, missing) in compared.items():
        print(f"{package}: {total - missing} of {total} macros are there, {missing} are left out with a reason")
    for fault in faults:
        print(fault)
    return 1 if faults or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
