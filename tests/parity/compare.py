#!/usr/bin/env python3
"""Compares nexus with dbt-core, node by node, on the projects of tests/parity/projects, on examples/demo and on
tests/projects/framework.

Both run the same project in scratch directories. The checks, in the order in which they matter:

  nodes      the set of unique ids (nodes, sources, disabled nodes)
  compiled   compiled_code of every node, byte for byte
  manifest   the other fields of every node, source, macro and doc, and the graph's maps
  semantic   semantic_manifest.json, byte for byte but for the order of files
  ls         what `ls` prints for every line of the project's selections.txt
  rows       every relation in the database after the builds of runs.txt: kind, columns, types, comments, rows
  results    status, failures and compiled_code in run_results.json of each of these builds
  messages   message and adapter_response in run_results.json
  sources    exit status and sources.json of `source freshness` for every line of the project's freshness.txt
  keys       the keys of every mapping and the kind of every value, at every level of manifest.json and run_results.json
  catalog    catalog.json of `docs generate` for every line of the project's docs.txt (default one without arguments)

dbt-core's answers are kept under ~/.cache/nexus/oracle, under a key made of the project's files, this script's
procedure and the versions of the oracle's packages. Compilation happens on a copy of the database that the oracle
built, on both sides, so that models that look into the database can be compared before nexus can build anything.

Exit status: 0 equal but for known_differences.toml, 1 different, 2 the comparison itself failed.
"""

import argparse
import concurrent.futures
import difflib
import fnmatch
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import artifact_keys

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROJECTS = HERE / "projects"
CACHE = Path(os.environ.get("NEXUS_CACHE") or Path.home() / ".cache" / "nexus")
# Raise this when what is asked of the oracle, or how, changes.
PROCEDURE = "5"
CHECKS = ["nodes", "compiled", "manifest", "semantic", "ls", "rows", "results", "messages", "keys", "sources", "catalog"]
DATABASE = "parity.duckdb"
# Fields that hold a clock reading or an absolute path, and those that have a check of their own.
VOLATILE_FIELDS = {"created_at", "root_path", "compiled_code", "build_path"}
# What is looked at of a difference to show it: thousands of random rows would take minutes.
DIFFED_LINES_MAX = 2000
# Macros of these packages are each tool's own.
BUILT_IN_PACKAGES = {"dbt", "dbt_duckdb", "nexus"}
# Projects whose builds fail on purpose.
FAILING = {"failing_builds", "failing_start", "raised"}
# Projects that stand elsewhere and use the framework, for dbt as the package that `nexus eject` writes.
OF_THE_FRAMEWORK = {"demo": ROOT / "examples/demo", "framework": ROOT / "tests/projects/framework/in", "demo_declared": ROOT / "examples/demo"}
# Sources that are declared in a project, as dbt has them ejected: another form of the same, of which the rows are compared.
DECLARED = {"demo_declared": ["stripe", "shopify"]}


class Failure(Exception):
    """The comparison cannot be made."""


# ---------------------------------------------------------------------------------------------- running the tools


def clean_environment(scratch):
    """Returns the environment of a tool's run: nothing of the caller's own dbt or nexus settings gets in."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("DBT_", "NEXUS_"))}
    env.update(
        NEXUS_TEST_DB=str(scratch / DATABASE),
        NEXUS_DEMO_DB=str(scratch / DATABASE),
        DBT_SEND_ANONYMOUS_USAGE_STATS="false",
        DBT_USE_COLORS="false",
        NO_COLOR="1",
        PYTHONHASHSEED="0",
        TZ="UTC",
        # Models in Python need its module of the database, which dbt's own environment has.
        NEXUS_PYTHON=str(CACHE / "dbt-oracle" / "bin" / "python"),
    )
    return env


def lines_of(path, default=()):
    """Returns the lines of a list file as argument lists, without comments and blank lines."""
    if not path.exists():
        return [list(line) for line in default]
    lines = [line.strip() for line in path.read_text().splitlines()]
    return [shlex.split(line) for line in lines if line and not line.startswith("#")]


class Run:
    """One tool in one scratch directory."""

    def __init__(self, binary, project_name, scratch, is_oracle, nexus=None):
        self.binary = binary
        # The one that writes the framework as a package for dbt.
        self.nexus = nexus
        self.name = project_name
        self.scratch = scratch
        self.is_oracle = is_oracle
        self.project = scratch / "project"
        self.env = clean_environment(scratch)
        self.log = []

    def prepare(self):
        ignored = shutil.ignore_patterns("target", "logs", "dbt_packages", "__pycache__", "*.duckdb", "*.duckdb.wal")
        shutil.copytree(source_of(self.name), self.project, ignore=ignored)
        declare(self.nexus or self.binary, self.name, self.project, ejected=self.is_oracle)
        if self.name in OF_THE_FRAMEWORK and self.is_oracle:
            eject(self.nexus, self.scratch / "nexus_package")
            for source in DECLARED.get(self.name, []):
                # As docs/source-adapters.md says: dbt wants one description of a model.
                shutil.rmtree(self.scratch / "nexus_package/models/sources" / source)
            (self.project / "packages.yml").write_text(f"packages:\n  - local: {self.scratch}/nexus_package\n")
        if any((self.project / name).exists() for name in ("packages.yml", "dependencies.yml")):
            self.command("deps")

    def command(self, *args, may_fail=False):
        """Runs one command of the tool and returns (exit status, stdout)."""
        where = ["--project-dir", str(self.project), "--profiles-dir", str(self.project)]
        full = [str(self.binary), *args, *where]
        done = subprocess.run(full, cwd=self.project, env=self.env, text=True, capture_output=True)
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-40:])
        self.log.append({"command": " ".join(args), "status": done.returncode, "tail": tail})
        if done.returncode != 0 and not may_fail:
            raise Failure(f"`{self.binary.name} {' '.join(args)}` ended with {done.returncode}:\n{tail}")
        return done.returncode, done.stdout

    def artifact(self, name):
        path = self.project / "target" / name
        return json.loads(path.read_text()) if path.exists() else None

    def forget_artifacts(self):
        shutil.rmtree(self.project / "target", ignore_errors=True)

    def use_database(self, database):
        for suffix in ("", ".wal"):
            (self.scratch / (DATABASE + suffix)).unlink(missing_ok=True)
        if database is not None:
            shutil.copy(database, self.scratch / DATABASE)


def run_nexus(nexus, *args, folder=None):
    """Runs a command of nexus that writes files and returns what it says."""
    done = subprocess.run([str(nexus), *args], cwd=folder, text=True, capture_output=True)
    if done.returncode != 0:
        raise Failure(f"`nexus {shlex.join(args)}` ended with {done.returncode}:\n{done.stdout + done.stderr}")
    return done.stdout + done.stderr


def eject(nexus, folder):
    """Writes the framework as the package that dbt installs."""
    run_nexus(nexus, "eject", str(folder))


def declare(nexus, name, project, ejected):
    """Puts declarations into a project that has them; ejected, the models that they stand for, with the settings that nexus names."""
    for source in DECLARED.get(name, []):
        run_nexus(nexus, "source", "add", source, "--declared", folder=project)
        if ejected:
            said = run_nexus(nexus, "source", "eject", source, folder=project)
            settings = re.search(rf"^ +{source}: \{{(.*)\}}$", said, re.MULTILINE)
            file = project / "dbt_project.yml"
            text = file.read_text()
            if not settings or f"{source}: {{enabled: true" not in text:
                raise Failure(f"`nexus source eject {source}` names no settings to put in place of those of {name}:\n{said}")
            file.write_text(text.replace(f"{source}: {{enabled: true", f"{source}: {{{settings[1]}"))


def source_of(name):
    return OF_THE_FRAMEWORK.get(name, PROJECTS / name)


def is_public():
    """Says whether the projects are other people's (--root): they may have nodes that fail to build, with dbt too."""
    return PROJECTS != HERE / "projects"


# The parts that need duckdb or dbt as libraries run in the oracle's Python.
READ_ROWS = r"""
import duckdb, json, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
relations = {}
query = '''select table_schema, table_name, table_type from information_schema.tables
           where table_catalog = current_database() order by 1, 2'''
for schema, table, kind in connection.execute(query).fetchall():
    name = '"%s"."%s"' % (schema.replace('"', '""'), table.replace('"', '""'))
    described = connection.execute("describe " + name).fetchall()
    rows = [[None if cell is None else str(cell) for cell in row] for row in connection.execute("select * from " + name).fetchall()]
    comments = connection.execute('''
        select column_name, comment from duckdb_columns() where schema_name = ? and table_name = ? and comment is not null
        union all select '', comment from duckdb_tables() where schema_name = ? and table_name = ? and comment is not null
        union all select '', comment from duckdb_views() where schema_name = ? and view_name = ? and comment is not null
        order by 1''', [schema, table] * 3).fetchall()
    relations["%s.%s" % (schema, table)] = {
        "kind": kind,
        "columns": [[column[0], column[1]] for column in described],
        "comments": [list(comment) for comment in comments],
        "rows": sorted(rows, key=json.dumps),
    }
json.dump(relations, sys.stdout)
"""

LIST_SELECTIONS = r"""
import json, sys
from dbt.cli.main import dbtRunner
where, selections = json.loads(sys.argv[1]), json.loads(sys.argv[2])
manifest = dbtRunner().invoke(["--quiet", "parse", "--no-partial-parse", *where]).result
runner = dbtRunner(manifest=manifest)
answers = []
for selection in selections:
    done = runner.invoke(["--quiet", "ls", *selection, *where])
    answers.append(list(done.result) if done.success else ["error: " + str(done.exception)])
with open(sys.argv[3], "w") as out:
    json.dump(answers, out)
"""


def read_rows(python, database):
    if not database.exists():
        raise Failure(f"no database at {database}")
    done = subprocess.run([str(python), "-c", READ_ROWS, str(database)], text=True, capture_output=True)
    if done.returncode != 0:
        raise Failure(f"reading {database} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


# ------------------------------------------------------------------------------------------------- the two answers


def builds_of(name):
    return lines_of(source_of(name) / "runs.txt", default=[[]])


def selections_of(name):
    return lines_of(source_of(name) / "selections.txt")


def compile_of(name):
    """Returns the arguments of `compile`: dbt stops at the first node that it cannot compile."""
    return [arg for line in lines_of(source_of(name) / "compile.txt") for arg in line]


def freshness_of(run):
    """Runs the lines of freshness.txt and returns exit status and sources.json of each."""
    answers = {}
    for args in lines_of(source_of(run.name) / "freshness.txt"):
        (run.project / "target/sources.json").unlink(missing_ok=True)
        status, _ = run.command("source", "freshness", *args, may_fail=True)
        answers[shlex.join(args)] = {"status": status, "sources": run.artifact("sources.json")}
    return answers


def catalogs_of(run):
    """Runs the lines of docs.txt and returns catalog.json of each."""
    answers = {}
    for args in lines_of(source_of(run.name) / "docs.txt", default=[[]]):
        run.forget_artifacts()
        run.command("docs", "generate", *args)
        answers[shlex.join(args)] = run.artifact("catalog.json")
    return answers


def semantics_of(run):
    """Parses and returns the text of semantic_manifest.json."""
    run.forget_artifacts()
    run.command("parse")
    return (run.project / "target/semantic_manifest.json").read_text()


def oracle_key(name, python, nexus=None):
    """Returns a digest of all that the oracle's answer depends on."""
    digest = hashlib.sha256(PROCEDURE.encode())

    def add(root, base):
        for path in sorted(p for p in root.rglob("*") if p.is_file()):
            parts = path.relative_to(base).parts
            if {"target", "logs", "dbt_packages", "__pycache__"} & set(parts) or path.suffix in (".duckdb", ".wal"):
                continue
            digest.update("/".join(parts).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())

    add(source_of(name), source_of(name))
    if name in OF_THE_FRAMEWORK:
        with tempfile.TemporaryDirectory(prefix="parity-package-") as folder:
            eject(nexus, Path(folder) / "package")
            if name in DECLARED:
                shutil.copytree(source_of(name), Path(folder) / "project")
                declare(nexus, name, Path(folder) / "project", ejected=True)
            add(Path(folder), Path(folder))
    packages = sorted(p.name for p in python.parent.parent.glob("lib/python*/site-packages/*.dist-info"))
    digest.update("\n".join(packages).encode())
    return digest.hexdigest()[:24]


def ask_oracle(name, dbt, nexus, use_cache):
    """Returns dbt-core's answer for a project and the database that it built, from the cache where it is there."""
    python = dbt.parent / "python"
    kept = CACHE / "oracle" / f"{name}-{oracle_key(name, python, nexus)}"
    if use_cache and (kept / "answer.json").exists():
        return json.loads((kept / "answer.json").read_text()), kept / DATABASE
    scratch = Path(tempfile.mkdtemp(prefix=f"parity-oracle-{name}-"))
    try:
        run = Run(dbt, name, scratch, is_oracle=True, nexus=nexus)
        run.prepare()
        answer = {"results": [], "ls": {}}
        for args in builds_of(name):
            run.command("build", *args, may_fail=is_public() or name in FAILING)
            results = run.artifact("run_results.json")
            if results is None:
                raise Failure(f"dbt refuses {name}:\n{run.log[-1]['tail']}")
            answer["results"].append(results)
        answer["rows"] = read_rows(python, scratch / DATABASE)
        shutil.copy(scratch / DATABASE, scratch / "built.duckdb")
        answer["sources"] = freshness_of(run)
        run.forget_artifacts()
        run.command("compile", *compile_of(name), may_fail=is_public() or name in FAILING)
        answer["manifest"] = run.artifact("manifest.json")
        selections = selections_of(name)
        if selections:
            out = scratch / "ls.json"
            where = ["--project-dir", str(run.project), "--profiles-dir", str(run.project)]
            done = subprocess.run([str(python), "-c", LIST_SELECTIONS, json.dumps(where), json.dumps(selections), str(out)],
                                  cwd=run.project, env=run.env, text=True, capture_output=True)
            if not out.exists():
                raise Failure(f"dbt could not list the selections of {name}:\n{(done.stdout + done.stderr)[-2000:]}")
            answer["ls"] = {shlex.join(s): a for s, a in zip(selections, json.loads(out.read_text()))}
            broken = [s for s, a in answer["ls"].items() if a and a[0].startswith("error: ")]
            if broken:
                raise Failure(f"dbt refuses these selections of {name}: " + "; ".join(broken))
        # Written beside and renamed, so that no reader ever sees half an answer.
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=kept.parent))
        shutil.copy(scratch / "built.duckdb", fresh / DATABASE)
        (fresh / "answer.json").write_text(json.dumps(answer))
        shutil.rmtree(kept, ignore_errors=True)
        try:
            fresh.rename(kept)
        except OSError:
            shutil.rmtree(fresh, ignore_errors=True)
        for old in kept.parent.glob(f"{name}-*"):
            if old != kept and re.fullmatch(rf"{re.escape(name)}-[0-9a-f]{{24}}", old.name):
                shutil.rmtree(old, ignore_errors=True)
        return answer, kept / DATABASE
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def ask_oracle_for(what, work, name, dbt, nexus, built, use_cache):
    """Returns what dbt-core makes beside its builds, on the database that it built. It is asked for only where it is compared."""
    kept = built.parent / f"{what}.json"
    if use_cache and kept.exists():
        return json.loads(kept.read_text())
    scratch = Path(tempfile.mkdtemp(prefix=f"parity-{what}-{name}-"))
    try:
        run = Run(dbt, name, scratch, is_oracle=True, nexus=nexus)
        run.prepare()
        run.use_database(built)
        answer = work(run)
        fresh = kept.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(answer))
        fresh.rename(kept)
        return answer
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def ask_nexus(name, nexus, python, built, wanted, keep):
    """Returns nexus's answer in the oracle's form; a part that failed is missing and its reason is in `failures`."""
    scratch = Path(tempfile.mkdtemp(prefix=f"parity-nexus-{name}-"))
    answer = {"failures": {}}
    run = Run(nexus, name, scratch, is_oracle=False)

    def attempt(checks, work):
        if not set(checks) & set(wanted):
            return
        try:
            work()
        except Failure as failure:
            for check in checks:
                answer["failures"].setdefault(check, str(failure))

    def compile_all():
        run.use_database(built)
        status, _ = run.command("compile", *compile_of(name), may_fail=True)
        manifest = run.artifact("manifest.json")
        if manifest is None:
            raise Failure(f"`nexus compile` ended with {status} and wrote no manifest:\n{run.log[-1]['tail']}")
        answer["manifest"] = manifest
        if status != 0:
            answer["failures"]["compiled"] = f"`nexus compile` ended with {status}:\n{run.log[-1]['tail']}"

    def list_all():
        answer["ls"] = {}
        for selection in selections_of(name):
            status, out = run.command("--quiet", "--no-print", "ls", *selection, may_fail=True)
            tail = run.log[-1]["tail"]
            answer["ls"][shlex.join(selection)] = out.splitlines() if status == 0 else [f"error: {tail}"]

    def check_freshness():
        run.use_database(built)
        answer["sources"] = freshness_of(run)

    def catalog_all():
        run.use_database(built)
        answer["catalogs"] = catalogs_of(run)

    def parse_all():
        run.use_database(built)
        answer["semantics"] = semantics_of(run)

    def build_all():
        run.use_database(None)
        answer["results"] = []
        for args in builds_of(name):
            run.forget_artifacts()
            status, _ = run.command("build", *args, may_fail=True)
            if status != 0 and not ((is_public() or name in FAILING) and run.artifact("run_results.json")):
                for check in ("rows", "results", "messages"):
                    answer["failures"].setdefault(check, f"`nexus build {shlex.join(args)}` ended with {status}:\n{run.log[-1]['tail']}")
            answer["results"].append(run.artifact("run_results.json") or {"results": []})
        answer["rows"] = read_rows(python, scratch / DATABASE)

    try:
        try:
            run.prepare()
        except Failure as failure:
            answer["failures"] = {check: str(failure) for check in wanted}
            return answer
        attempt(["nodes", "compiled", "manifest", "keys"], compile_all)
        attempt(["semantic"], parse_all)
        attempt(["ls"], list_all)
        attempt(["sources"], check_freshness)
        attempt(["catalog"], catalog_all)
        attempt(["rows", "results", "messages", "keys"], build_all)
        return answer
    finally:
        if keep:
            kept = Path(keep) / name
            shutil.rmtree(kept, ignore_errors=True)
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(str(scratch), kept)
        else:
            shutil.rmtree(scratch, ignore_errors=True)


# ----------------------------------------------------------------------------------------------------- comparison


class Outcome:
    """What one check found in one project."""

    def __init__(self):
        self.equal = 0
        self.differences = []

    def add(self, item, oracle, nexus, field=""):
        if oracle == nexus:
            self.equal += 1
        else:
            self.differences.append({"item": item, "field": field, "oracle": oracle, "nexus": nexus})


MISSING = "(missing)"


def compare_keys(outcome, oracle, nexus, item="{}"):
    for key in sorted(set(oracle) | set(nexus)):
        outcome.add(item.format(key), "present" if key in oracle else MISSING, "present" if key in nexus else MISSING)


def check_nodes(oracle, nexus):
    outcome = Outcome()
    for part in ("nodes", "sources", "disabled"):
        compare_keys(outcome, oracle["manifest"][part], nexus["manifest"].get(part, {}),
                     "{}" if part != "disabled" else "disabled {}")
    return outcome


def check_compiled(oracle, nexus):
    outcome = Outcome()
    theirs, ours = oracle["manifest"]["nodes"], nexus["manifest"].get("nodes", {})
    for key in sorted(set(theirs) | set(ours)):
        left = theirs[key].get("compiled_code") if key in theirs else MISSING
        right = ours[key].get("compiled_code") if key in ours else MISSING
        if left is not None or right is not None:
            outcome.add(key, left, right)
    return outcome


def flat_fields(node):
    """Returns a node's fields, with depends_on as two fields, since macros and nodes fail for different reasons."""
    fields = {k: v for k, v in node.items() if k not in VOLATILE_FIELDS}
    depends_on = fields.pop("depends_on", None)
    if depends_on is not None:
        fields["depends_on.nodes"] = depends_on.get("nodes")
        fields["depends_on.macros"] = depends_on.get("macros")
    return fields


def check_manifest(oracle, nexus):
    outcome = Outcome()
    theirs, ours = oracle["manifest"], nexus["manifest"]
    for part in ("nodes", "sources", "macros", "docs", "exposures", "groups", "metrics", "semantic_models",
                 "saved_queries", "unit_tests", "functions"):
        left_part, right_part = theirs.get(part, {}), ours.get(part, {})
        for key in sorted(left_part):
            package = left_part[key].get("package_name")
            if part in ("macros", "docs") and package in BUILT_IN_PACKAGES:
                continue
            if key not in right_part:
                if part not in ("nodes", "sources"):
                    outcome.add(key, "present", MISSING, part)
                continue
            left, right = flat_fields(left_part[key]), flat_fields(right_part[key])
            for field in sorted(set(left) | set(right)):
                outcome.add(key, left.get(field, MISSING), right.get(field, MISSING), field)
    for part in ("parent_map", "child_map"):
        for key, related in sorted(theirs.get(part, {}).items()):
            outcome.add(key, sorted(related), sorted(ours.get(part, {}).get(key, [MISSING])), part)
    for group, members in sorted(theirs["group_map"].items()):
        outcome.add(group, sorted(members), sorted(ours.get("group_map", {}).get(group, [MISSING])), "group_map")
    outcome.add("selectors", theirs.get("selectors"), ours.get("selectors"), "selectors")
    for field in ("dbt_schema_version", "project_name", "project_id", "adapter_type", "quoting"):
        outcome.add("metadata", theirs["metadata"].get(field), ours.get("metadata", {}).get(field), field)
    return outcome


def check_semantic(oracle, nexus):
    """Compares semantic_manifest.json: its parts one by one, then the text, apart from the order of what dbt reads in the
    order in which the file system lists files."""
    outcome = Outcome()
    left, right = oracle["semantics"], nexus["semantics"]
    theirs, ours = json.loads(left), json.loads(right)
    for part in ("semantic_models", "metrics", "saved_queries"):
        theirs_of, ours_of = ({item["name"]: item for item in whole[part]} for whole in (theirs, ours))
        compare_keys(outcome, theirs_of, ours_of, part + " {}")
        for name in sorted(set(theirs_of) & set(ours_of)):
            for field in sorted(set(theirs_of[name]) | set(ours_of[name])):
                outcome.add(f"{part} {name}", theirs_of[name].get(field, MISSING), ours_of[name].get(field, MISSING), field)
    outcome.add("project_configuration", theirs["project_configuration"], ours["project_configuration"])

    def ordered(whole):
        for part in ("semantic_models", "metrics", "saved_queries"):
            whole[part].sort(key=lambda item: item["name"])
        whole["project_configuration"]["time_spines"].sort(key=json.dumps)
        return json.dumps(whole)

    outcome.add("text", left == json.dumps(theirs), right == json.dumps(ours), "form")
    outcome.add("text", ordered(theirs), ordered(ours), "keys in their order")
    return outcome


def check_ls(oracle, nexus):
    outcome = Outcome()
    for selection, lines in oracle["ls"].items():
        outcome.add(selection, lines, nexus["ls"].get(selection, [MISSING]))
    return outcome


CLOCK = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,6}(\+00:00)?")
HASH = re.compile(r"[0-9a-f]{32}")


def without_clock(relation):
    """Returns a relation with its readings of the clock numbered in their order, and hashes made of them blotted out.

    A time with a fraction of a second is such a reading: the projects' own times have none.
    """
    if relation is MISSING or not isinstance(relation, dict):
        return relation
    clocks = {cell for row in relation["rows"] for cell in row if cell is not None and CLOCK.fullmatch(cell)}
    number = {clock: f"clock {index}" for index, clock in enumerate(sorted(clocks), 1)}
    rows = []
    for row in relation["rows"]:
        told = any(cell in number for cell in row)
        blotted = ["hash" if told and cell is not None and HASH.fullmatch(cell) else cell for cell in row]
        rows.append([number.get(cell, cell) for cell in blotted])
    return {**relation, "rows": sorted(rows, key=json.dumps)}


def check_rows(oracle, nexus):
    outcome = Outcome()
    for relation in sorted(set(oracle["rows"]) | set(nexus["rows"])):
        outcome.add(relation, without_clock(oracle["rows"].get(relation, MISSING)), without_clock(nexus["rows"].get(relation, MISSING)))
    return outcome


def compare_results(oracle, nexus, fields):
    outcome = Outcome()
    for number, theirs in enumerate(oracle["results"], start=1):
        ours = nexus["results"][number - 1] if number <= len(nexus["results"]) else {"results": []}
        left = {r["unique_id"]: {f: r.get(f) for f in fields} for r in theirs["results"]}
        right = {r["unique_id"]: {f: r.get(f) for f in fields} for r in ours["results"]}
        for key in sorted(set(left) | set(right)):
            outcome.add(f"build {number} {key}", left.get(key, MISSING), right.get(key, MISSING))
    return outcome


def check_results(oracle, nexus):
    return compare_results(oracle, nexus, ["status", "failures", "compiled_code", "relation_name"])


def check_messages(oracle, nexus):
    return compare_results(oracle, nexus, ["message", "adapter_response"])


def check_keys(oracle, nexus):
    outcome = Outcome()

    def is_built_in(macro):
        return isinstance(macro, dict) and macro.get("package_name") in BUILT_IN_PACKAGES

    for path, theirs, ours in artifact_keys.of_manifest(oracle["manifest"], nexus["manifest"], is_built_in):
        outcome.add(path, theirs, ours)
    for number, theirs in enumerate(oracle["results"], start=1):
        ours = nexus["results"][number - 1] if number <= len(nexus["results"]) else {}
        for path, left, right in artifact_keys.differences(theirs, ours, f"build {number}"):
            outcome.add(path, left, right)
    return outcome


def check_sources(oracle, nexus):
    """Compares what does not come from a clock."""
    outcome = Outcome()

    def steady(result):
        kept = {k: result.get(k, MISSING) for k in ("status", "criteria", "adapter_response", "max_loaded_at")}
        kept["fields"] = sorted(result)
        kept["timing"] = [timing["name"] for timing in result["timing"]]
        return kept

    for args, theirs in oracle.get("sources", {}).items():
        ours = nexus["sources"].get(args, {"status": MISSING, "sources": None})
        outcome.add(args, theirs["status"], ours["status"], "exit status")
        left, right = theirs["sources"] or {"results": []}, ours["sources"] or {"results": []}
        outcome.add(args, sorted(left), sorted(right), "keys")
        outcome.add(args, left.get("metadata", {}).get("dbt_schema_version"),
                    right.get("metadata", {}).get("dbt_schema_version"), "dbt_schema_version")
        left = {r["unique_id"]: steady(r) for r in left["results"]}
        right = {r["unique_id"]: steady(r) for r in right["results"]}
        for key in sorted(set(left) | set(right)):
            outcome.add(f"{args} {key}", left.get(key, MISSING), right.get(key, MISSING))
    return outcome


def check_catalog(oracle, nexus):
    """Compares all but the metadata of the call."""
    outcome = Outcome()
    for args, left in oracle["catalogs"].items():
        right = nexus["catalogs"].get(args) or {}
        outcome.add(args, sorted(left), sorted(right), "keys")
        outcome.add(args, left["errors"], right.get("errors", MISSING), "errors")
        outcome.add(args, sorted(left["metadata"]), sorted(right.get("metadata", {})), "metadata")
        outcome.add(args, left["metadata"]["dbt_schema_version"], right.get("metadata", {}).get("dbt_schema_version"),
                    "dbt_schema_version")
        for part in ("nodes", "sources"):
            for key in sorted(set(left[part]) | set(right.get(part, {}))):
                outcome.add(f"{args} {key}".strip(), left[part].get(key, MISSING), right.get(part, {}).get(key, MISSING), part)
    return outcome


COMPARE = {"nodes": check_nodes, "compiled": check_compiled, "manifest": check_manifest, "semantic": check_semantic, "ls": check_ls, "rows": check_rows,
           "results": check_results, "messages": check_messages, "keys": check_keys, "sources": check_sources,
           "catalog": check_catalog}
NEEDS = {"nodes": "manifest", "compiled": "manifest", "manifest": "manifest", "semantic": "semantics", "ls": "ls", "rows": "rows", "results": "results",
         "messages": "results", "keys": "manifest", "sources": "sources", "catalog": "catalogs"}


# ---------------------------------------------------------------------------------------------- known differences


class Known:
    def __init__(self, path):
        self.entries = tomllib.loads(path.read_text()).get("difference", []) if path.exists() else []
        for number, entry in enumerate(self.entries, start=1):
            absent = {"project", "check", "item", "reason"} - set(entry)
            if absent:
                raise Failure(f"{path.name}: entry {number} has no {', '.join(sorted(absent))}")
            entry["used"] = False

    def covers(self, project, check, difference):
        for entry in self.entries:
            if (fnmatch.fnmatchcase(project, entry["project"]) and entry["check"] == check
                    and fnmatch.fnmatchcase(difference["item"], entry["item"])
                    and fnmatch.fnmatchcase(difference["field"], entry.get("field", "*"))):
                entry["used"] = True
                return True
        return False

    def stale(self, projects, checks):
        return [e for e in self.entries if not e["used"] and e["check"] in checks
                and any(fnmatch.fnmatchcase(p, e["project"]) for p in projects)]


# --------------------------------------------------------------------------------------------------------- report


def as_lines(value):
    text = value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False)
    # A missing newline at the end is a difference like any other, so it is made visible.
    return [line + "\n" for line in text.split("\n")]


def diff_of(difference, lines_max):
    oracle, nexus = (as_lines(difference[side])[:DIFFED_LINES_MAX] for side in ("oracle", "nexus"))
    lines = list(difflib.unified_diff(oracle, nexus, "dbt", "nexus", n=2))
    shown = "".join(line.rstrip("\n") + "\n" for line in lines[:lines_max])
    return shown + (f"… {len(lines) - lines_max} more lines\n" if len(lines) > lines_max else "")


def print_table(rows):
    header = ["project", "check", "equal", "different", "known", ""]
    table = [header, *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[i]) for row in table) for i in range(len(header))]
    for number, row in enumerate(table):
        cells = [cell.rjust(w) if 2 <= i <= 4 else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths))]
        print("  ".join(cells).rstrip())
        if number == 0:
            print("  ".join("-" * w for w in widths).rstrip())


def print_fields(report):
    """Prints the manifest check by field, so that one wrong default does not hide behind its count."""
    for project, checks in report.items():
        fields = {}
        for difference in checks.get("manifest", {}).get("differences", []):
            fields[difference["field"]] = fields.get(difference["field"], 0) + 1
        if fields:
            counted = ", ".join(f"{f} {n}" for f, n in sorted(fields.items(), key=lambda kv: (-kv[1], kv[0])))
            print(f"\n{project}: manifest fields that differ: {counted}")


def print_differences(report, diffs_max, lines_max):
    for project, checks in report.items():
        for check, found in checks.items():
            if found["failure"]:
                print(f"\n=== {project} / {check}: nexus failed\n{found['failure']}")
            shown, fields = 0, set()
            for difference in found["differences"]:
                # One example for each field of the manifest says more than many of the same.
                if shown >= diffs_max or (check == "manifest" and difference["field"] in fields):
                    continue
                fields.add(difference["field"])
                shown += 1
                field = f" · {difference['field']}" if difference["field"] else ""
                print(f"\n=== {project} / {check} / {difference['item']}{field}\n{diff_of(difference, lines_max)}", end="")
            hidden = len(found["differences"]) - shown
            if hidden > 0 and shown:
                print(f"\n… {hidden} more in {project} / {check} (--diffs N, --item PATTERN or --json FILE)")


# ----------------------------------------------------------------------------------------------------------- main


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--nexus", type=Path, help="the nexus binary")
    parser.add_argument("--dbt", type=Path, default=CACHE / "dbt-oracle/bin/dbt", help="the oracle's dbt (tests/parity/oracle.sh)")
    parser.add_argument("--project", action="append", help=f"a folder of tests/parity/projects, or one of {', '.join(OF_THE_FRAMEWORK)}; default all")
    parser.add_argument("--root", type=Path, help="a folder of other projects, such as scripts/public_projects.py makes")
    parser.add_argument("--check", action="append", choices=CHECKS, help="default all")
    parser.add_argument("--item", help="show and count only differences whose node, relation or selection matches this pattern")
    parser.add_argument("--json", type=Path, help="write every difference here")
    parser.add_argument("--diffs", type=int, default=5, help="diffs printed for each project and check (default 5)")
    parser.add_argument("--diff-lines", type=int, default=40, help="lines of each diff (default 40)")
    parser.add_argument("--keep", help="keep nexus's scratch directories under this folder")
    parser.add_argument("--oracle-only", action="store_true", help="only ask dbt-core, which fills the cache")
    parser.add_argument("--no-cache", action="store_true", help="ask dbt-core again even if its answer is kept")
    return parser.parse_args()


def projects_of(args):
    known = sorted(p.name for p in PROJECTS.iterdir() if (p / "dbt_project.yml").exists())
    if not is_public():
        known += OF_THE_FRAMEWORK
    chosen = args.project or known
    unknown = [name for name in chosen if name not in known]
    if unknown:
        raise Failure(f"no such project: {', '.join(unknown)} (there are {', '.join(known)})")
    return chosen


def compare_project(name, args, checks, known):
    checks = [check for check in checks if name not in DECLARED or check == "rows"]
    try:
        oracle, built = ask_oracle(name, args.dbt, args.nexus, use_cache=not args.no_cache)
    except Failure as failure:
        if not is_public():
            raise
        print(f"\n=== {name}: left out, since dbt has no answer\n{failure}")
        return {}
    if "catalog" in checks and not args.oracle_only:
        oracle["catalogs"] = ask_oracle_for("catalogs", catalogs_of, name, args.dbt, args.nexus, built, not args.no_cache)
    if "semantic" in checks and not args.oracle_only:
        oracle["semantics"] = ask_oracle_for("semantics", semantics_of, name, args.dbt, args.nexus, built, not args.no_cache)
    if args.oracle_only:
        counts = {"nodes": len(oracle["manifest"]["nodes"]), "rows": len(oracle["rows"]), "ls": len(oracle["ls"]),
                  "results": sum(len(r["results"]) for r in oracle["results"])}
        print(f"{name}: " + ", ".join(f"{v} {k}" for k, v in counts.items()))
        return {}
    nexus = ask_nexus(name, args.nexus, args.dbt.parent / "python", built, checks, args.keep)
    report = {}
    for check in checks:
        failure = nexus["failures"].get(check)
        found = COMPARE[check](oracle, nexus) if NEEDS[check] in nexus and not (check == "keys" and failure) else Outcome()
        if args.item:
            found.differences = [d for d in found.differences if fnmatch.fnmatchcase(d["item"], args.item)]
        covered = [d for d in found.differences if known.covers(name, check, d)]
        differences = [d for d in found.differences if d not in covered]
        report[check] = {"equal": found.equal, "known": len(covered), "differences": differences, "failure": failure}
    return report


def main():
    global PROJECTS
    args = parse_args()
    if args.root:
        PROJECTS = args.root.resolve()
    if not args.dbt.exists():
        raise Failure(f"no dbt at {args.dbt}; run tests/parity/oracle.sh")
    if not args.oracle_only:
        if args.nexus is None or not args.nexus.exists():
            raise Failure("--nexus must name the nexus binary")
        args.nexus = args.nexus.resolve()
    args.dbt = args.dbt.absolute()
    checks = [c for c in CHECKS if c in (args.check or CHECKS)]
    known = Known(HERE / "known_differences.toml")
    names = projects_of(args)
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        reports = list(pool.map(lambda name: compare_project(name, args, checks, known), names))
    if args.oracle_only:
        return 0
    report = dict(zip(names, reports))
    if args.json:
        args.json.write_text(json.dumps(report, indent=1))
    print_differences(report, args.diffs, args.diff_lines)
    print_fields(report)
    for entry in known.stale(names, checks):
        print(f"\nknown_differences.toml: nothing differs any more for {entry['project']} / {entry['check']} / {entry['item']}")
    print()
    rows, failed = [], False
    for project, found_by_check in report.items():
        for check, found in found_by_check.items():
            wrong = bool(found["differences"] or found["failure"])
            failed |= wrong
            word = "FAILED" if found["failure"] else "DIFFERENT" if wrong else "ok"
            rows.append([project, check, found["equal"], len(found["differences"]), found["known"], word])
    print_table(rows)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"compare.py: {failure}", file=sys.stderr)
        sys.exit(2)
    except subprocess.CalledProcessError as failure:
        print(f"compare.py: {failure}\n{(failure.stderr or b'').decode(errors='replace')}", file=sys.stderr)
        sys.exit(2)
