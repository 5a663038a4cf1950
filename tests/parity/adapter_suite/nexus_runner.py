"""A pytest plugin that lets dbt-labs' adapter test suite drive the nexus binary.

The suite (dbt-tests-adapter, and dbt-duckdb's subclasses of it) calls dbt in its own process through
`dbtRunner.invoke`. Here that one method starts the binary instead and gives back what the suite reads: results
with their nodes, from run_results.json and manifest.json. DuckDB lets one process have a file open, so the suite's own
connection is closed around each call.

Reads: NEXUS_BIN (the binary), expected.toml beside this file (tests that are not expected to pass, with the reason).
"""

import datetime
import fnmatch
import gc
import json
import os
import subprocess
import tomllib
from io import StringIO
from pathlib import Path

import pytest
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.adapters.factory import FACTORY
from dbt.cli.main import dbtRunner, dbtRunnerResult
from dbt.tests import util
from dbt_common.exceptions import CompilationError, DbtDatabaseError

NEXUS = os.environ.get("NEXUS_BIN", "nexus")
WAIT_SECONDS_MAX = 120
EXPECTED = Path(__file__).with_name("expected.toml")

# Commands that leave run_results.json, and the exit codes with which they do so.
RUNNING = {"run", "build", "test", "seed", "snapshot", "compile", "run-operation", "retry", "clone", "source"}

_last_output = ""


class Record(dict):
    """A dictionary whose keys are attributes too, and whose missing attributes are none."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self.get(name)

    def __setattr__(self, name, value):
        self[name] = value

    def to_dict(self, *_args, **_kwargs):
        return self

    @classmethod
    def of(cls, value):
        if isinstance(value, dict):
            return cls({key: cls.of(item) for key, item in value.items()})
        if isinstance(value, list):
            return [cls.of(item) for item in value]
        return value


class Results(list):
    """The results of a run: a list, and an object with `results`."""

    def __init__(self, results, document=None):
        super().__init__(results)
        self.document = document or {}

    @property
    def results(self):
        return self

    @property
    def args(self):
        return Record.of(self.document.get("args", {}))


class NexusFault(CompilationError, DbtDatabaseError):
    """A project or command line that nexus refused: of every kind that the suite may wait for."""

    def __init__(self, text):
        super().__init__(text)
        self.text = text

    def __str__(self):
        return self.text


def release_database():
    """Closes the suite's own connections, so that the binary can open the file."""
    for adapter in FACTORY.adapters.values():
        adapter.cleanup_connections()
        adapter.cache.clear()
    environment = DuckDBConnectionManager._ENV
    DuckDBConnectionManager.close_all_connections()
    if environment is not None:
        environment.close()
    # A failed test's traceback may still hold a cursor.
    gc.collect()


def load(path):
    return json.loads(path.read_text()) if path.exists() else None


def option(args, *names):
    for index, arg in enumerate(args[:-1]):
        if arg in names:
            return args[index + 1]
    return None


def results_of(target):
    document = load(target / "run_results.json")
    if document is None:
        return Results([])
    manifest = load(target / "manifest.json") or {}
    nodes = {**manifest.get("nodes", {}), **manifest.get("unit_tests", {}), **manifest.get("functions", {}),
             **manifest.get("sources", {})}
    results = []
    for result in document["results"]:
        record = Record.of(result)
        record.node = Record.of(nodes.get(result["unique_id"], {"unique_id": result["unique_id"]}))
        if record.get("batch_results"):
            record.batch_results.successful = [tuple(b) for b in record.batch_results.successful]
            record.batch_results.failed = [tuple(b) for b in record.batch_results.failed]
        results.append(record)
    return Results(results, document)


def answer(command, args, target, output):
    """Returns what `dbtRunner` gives as the result of a command."""
    if command in ("ls", "list"):
        return output.splitlines()
    if command == "parse":
        return Manifest.at(target)
    if command == "docs":
        return Record.of(load(target / "catalog.json") or {})
    if command in RUNNING:
        return results_of(target)
    if command == "show":
        return results_of(target)
    return None


class Manifest:
    """The parts of dbt's manifest object that the suite reads."""

    def __init__(self, document):
        for key, value in document.items():
            setattr(self, key, Record.of(value))

    @classmethod
    def at(cls, target):
        document = load(target / "manifest.json")
        return None if document is None else cls(document)


def invoke(self, args, **kwargs):
    global _last_output
    args = [str(arg) for arg in args]
    flags = [f"--{key.replace('_', '-')}={value}" for key, value in kwargs.items()]
    command = next((arg for arg in args if not arg.startswith("-")), "")
    target = Path(option(args, "--target-path") or os.environ.get("DBT_TARGET_PATH") or
                  Path(option(args, "--project-dir") or os.getcwd()) / "target")
    before = (target / "run_results.json").stat().st_mtime_ns if (target / "run_results.json").exists() else None
    release_database()
    environment = {**os.environ, "NO_COLOR": "1"}
    now = datetime.datetime.now(datetime.UTC)
    if type(now).__name__ == "FakeDatetime":
        # A test that stops the clock stops the binary's too.
        environment["NEXUS_NOW"] = now.isoformat()
    done = subprocess.run([NEXUS, *args, *flags], capture_output=True, text=True, timeout=WAIT_SECONDS_MAX,
                          env=environment)
    _last_output = done.stdout + done.stderr
    print(_last_output)
    if done.returncode > 1:
        return dbtRunnerResult(success=False, exception=NexusFault(_last_output))
    result = answer(command, args, target, done.stdout)
    after = target / "run_results.json"
    if command in RUNNING and after.exists() and after.stat().st_mtime_ns == before:
        result = Results([])
    if command == "run-operation":
        result.success = done.returncode == 0
    return dbtRunnerResult(success=done.returncode == 0, result=result)


def run_dbt_and_capture(args=None, expect_pass=True):
    result = util.run_dbt(args, expect_pass=expect_pass)
    return result, _last_output


def get_manifest(project_root):
    return Manifest.at(Path(project_root) / "target")


# Before any test module takes these names over.
dbtRunner.invoke = invoke
util.run_dbt_and_capture = run_dbt_and_capture
util.get_manifest = get_manifest


def pytest_collection_modifyitems(items):
    entries = tomllib.loads(EXPECTED.read_text()).get("not_passing", [])
    used = set()
    for item in items:
        for index, entry in enumerate(entries):
            if any(fnmatch.fnmatchcase(item.nodeid, pattern) for pattern in entry["tests"]):
                used.add(index)
                item.add_marker(pytest.mark.xfail(reason=entry["reason"], strict=False, run=entry.get("run", True)))
                break
    if os.environ.get("NEXUS_SUITE_WHOLE"):
        unused = [entry["tests"] for index, entry in enumerate(entries) if index not in used]
        if unused:
            raise pytest.UsageError(f"expected.toml names tests that do not exist: {unused}")
