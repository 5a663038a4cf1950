#!/usr/bin/env python3
"""Builds the demo on several databases and compares every table with DuckDB's, row for row.

    tests/lab/databases.py --nexus PATH [--databases postgres,snowflake] [--project DIR] [--select X] [--diffs 5] [--keep DIR]

A database takes part by a script tests/lab/NAME.sh with three commands: `setup` installs the engine where it is
missing, `start DIR` starts it on loopback and prints the output for profiles.yml as one line of JSON, `stop DIR` ends
it. DuckDB needs none. Prints one row a table and one column a database: the number of rows, and how many differ from
DuckDB's. Exits with 1 where a build fails or a row differs.

Rows are compared as multisets of values in one spelling: numbers without trailing zeros, moments as UTC with
microseconds, names of columns in lower case.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from decimal import Decimal
from pathlib import Path

LAB = Path(__file__).resolve().parent
ROOT = LAB.parent.parent

DECIMAL = re.compile(r"^-?\d+(\.\d+)?([eE][-+]?\d+)?$")
MOMENT = re.compile(r"^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?(?:Z|\+00(?::?00)?)?$")


def in_one_spelling(value):
    """The value as it is compared: equal for every database that holds the same thing."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return str(value)
    if DECIMAL.match(value):
        number = Decimal(value).normalize()
        return f"{number:f}" if number else "0"
    moment = MOMENT.match(value)
    if moment:
        date, clock, fraction = moment.groups()
        return f"{date} {clock}{(fraction or '.')[:7].ljust(7, '0')}"
    return value


# A macro that prints each row as a line of JSON; what JSON has no word for is printed as text.
ROWS = """{% macro lab_rows(tables) %}
  {% for table in tables %}
    {% set result = run_query('select * from ' ~ ref(table)) %}
    {% for row in result.rows %}
      {% set values = [] %}
      {% for value in row.values() %}
        {% do values.append(value if value is none or value is boolean or value is integer else value | string) %}
      {% endfor %}
      {% do print(tojson(['lab_row', table, result.column_names, values])) %}
    {% endfor %}
  {% endfor %}
{% endmacro %}
"""


class Failed(Exception):
    """A command that did not do what it was for, with what it printed."""


class Database:
    """One database: its engine, its profile, and the demo built there."""

    def __init__(self, name, arguments, folder):
        self.name = name
        self.arguments = arguments
        self.folder = folder / name
        self.folder.mkdir(parents=True)
        self.script = LAB / f"{name}.sh"

    def start(self):
        """Starts the engine and writes profiles.yml."""
        if self.name == "duckdb":
            output = {"type": "duckdb", "path": str(self.folder / "demo.duckdb")}
        else:
            self.lab("setup")
            (self.folder / "engine").mkdir()
            output = json.loads(self.lab("start", self.folder / "engine").strip().splitlines()[-1])
        output.setdefault("threads", 2)
        profile = {self.arguments.profile: {"target": "lab", "outputs": {"lab": output}}}
        (self.folder / "profiles.yml").write_text(json.dumps(profile))

    def stop(self):
        if self.name != "duckdb" and (self.folder / "engine").is_dir():
            self.lab("stop", self.folder / "engine")

    def lab(self, *command):
        # A server that stays behind holds the pipe of a script open, so its output goes to files.
        with open(self.folder / "lab.out", "w+") as out, open(self.folder / "lab.err", "w+") as err:
            code = subprocess.call([self.script, *map(str, command)], stdin=subprocess.DEVNULL, stdout=out, stderr=err)
            out.seek(0)
            err.seek(0)
            if code:
                raise Failed(f"{self.script.name} {command[0]}:\n{out.read()}{err.read()}")
            return out.read()

    def nexus(self, command, *more, quiet=False, project=None):
        where = ["--project-dir", project or self.arguments.project, "--profiles-dir", self.folder]
        where += ["--target-path", self.folder / "target", "--log-path", self.folder / "logs"]
        call = [self.arguments.nexus, *(["--quiet"] if quiet else []), command, *where, *more]
        done = subprocess.run(list(map(str, call)), capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise Failed(f"nexus {command}:\n{done.stdout[-6000:]}{done.stderr[-6000:]}")
        return done.stdout

    def build(self):
        select = ["--select", *self.arguments.select] if self.arguments.select else []
        self.nexus("build", *select)

    def tables(self):
        """The names of the models that have rows of their own."""
        select = ["--select", *self.arguments.select] if self.arguments.select else []
        lines = self.nexus(
            "ls", "--resource-type", "model", "--output", "json", "--output-keys", "name config", *select, quiet=True
        )
        nodes = [json.loads(line) for line in lines.splitlines() if line.startswith("{")]
        return sorted(n["name"] for n in nodes if n["config"]["materialized"] != "ephemeral")

    def rows(self, tables):
        """The rows of each table, read by one call."""
        copy = self.folder / "project"
        shutil.copytree(self.arguments.project, copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("target", "logs"))
        (copy / "macros").mkdir(exist_ok=True)
        (copy / "macros/lab_rows.sql").write_text(ROWS)
        arguments = json.dumps({"tables": tables})
        text = self.nexus("run-operation", "lab_rows", "--args", arguments, quiet=True, project=copy)
        found = {table: [] for table in tables}
        for line in text.splitlines():
            if line.startswith('["lab_row"'):
                _, table, names, values = json.loads(line)
                cells = zip(map(str.lower, names), map(in_one_spelling, values))
                found[table].append(tuple(sorted(cells)))
        return {table: Counter(rows) for table, rows in found.items()}


def compare(databases, tables, arguments):
    """Prints the table of counts and differences; returns how many tables differ."""
    rows_of, unread = {}, 0
    for database in databases:
        try:
            rows_of[database.name] = database.rows(tables)
        except Failed as error:
            unread += 1
            print(f"{database.name}: FAILED: {error}")
    databases = [database for database in databases if database.name in rows_of]
    if not databases or databases[0].name != "duckdb":
        return unread
    width = max(map(len, tables), default=0)
    print(f"{'':{width}}  " + "  ".join(f"{d.name:>16}" for d in databases))
    differing = 0
    for table in tables:
        first = rows_of[databases[0].name][table]
        cells, shown = [f"{first.total()}"], []
        for database in databases[1:]:
            rows = rows_of[database.name][table]
            missing, more = first - rows, rows - first
            different = max(missing.total(), more.total())
            differing += different > 0
            cells.append(f"{rows.total()} ({different} differ)" if different else f"{rows.total()}")
            for row in list(missing)[: arguments.diffs]:
                shown.append(f"- {database.name} lacks {dict(row)}")
            for row in list(more)[: arguments.diffs]:
                shown.append(f"+ {database.name} has   {dict(row)}")
        print(f"{table:{width}}  " + "  ".join(f"{cell:>16}" for cell in cells))
        for line in shown:
            print(f"    {line}")
    return differing + unread


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nexus", required=True, help="the binary")
    parser.add_argument("--databases", help="names with commas between; all that have a script where left out")
    parser.add_argument("--project", default=ROOT / "examples/demo")
    parser.add_argument("--profile", default="demo", help="the profile's name in the project")
    parser.add_argument("--select", nargs="*", help="models to build and compare; all where left out")
    parser.add_argument("--diffs", type=int, default=3, help="rows to show a table")
    parser.add_argument("--keep", type=Path, help="a folder for what is built; kept afterwards")
    arguments = parser.parse_args()
    arguments.nexus = Path(arguments.nexus).resolve()

    names = sorted(script.stem for script in LAB.glob("*.sh"))
    if arguments.databases:
        names = [name for name in arguments.databases.split(",") if name != "duckdb"]
    if arguments.keep:
        shutil.rmtree(arguments.keep, ignore_errors=True)
        arguments.keep.mkdir(parents=True)
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="nexus-lab-"))
    # Engines that refuse to run as root run as somebody else, who must reach their folder.
    os.chmod(folder, 0o755)
    databases = [Database(name, arguments, folder) for name in ["duckdb", *names]]
    failed = 0
    built = []
    try:
        for database in databases:
            try:
                began = time.monotonic()
                database.start()
                started = time.monotonic()
                database.build()
                built.append(database)
                took = time.monotonic() - started
                print(f"{database.name}: ready in {started - began:.1f} s, built in {took:.1f} s", flush=True)
            except Failed as error:
                failed += 1
                print(f"{database.name}: FAILED: {error}", flush=True)
        if built and built[0].name == "duckdb":
            failed += compare(built, built[0].tables(), arguments)
    finally:
        for database in databases:
            database.stop()
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)
    print("all equal" if not failed else f"{failed} failures or tables that differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
