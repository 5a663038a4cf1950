#!/usr/bin/env python3
"""Compares nexus with dbt-postgres on PostgreSQL: the same project, built by each in a database of the same name.

    tests/parity/postgres/compare.py --nexus PATH [--dbt PATH] [--project DIR] [--diffs N]

Each tool runs the builds of the project's runs.txt, one after the other, in a database that is made anew for it, on one
server (tests/lab/postgres.sh). After each build what it left is compared:

  compiled   compiled_code of every node in run_results.json, byte for byte
  results    status, failures, message and adapter_response
  database   every relation: kind, columns, types, comments, indexes, privileges, rows (without what a clock wrote)
  catalog    catalog.json of `docs generate`, after the last build

dbt's answers are kept under ~/.cache/nexus/oracle-postgres by the project's content. Exit status: 0 equal, 1 different,
2 the comparison itself failed.
"""

import argparse
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent.parent
LAB = ROOT / "tests/lab/postgres.sh"
CACHE = Path(os.environ.get("NEXUS_CACHE") or Path.home() / ".cache" / "nexus")
DATABASE = "parity"
# Raise this when what is asked of dbt, or how, changes.
PROCEDURE = "1"
# Columns whose values come of the clock, or of a hash over it.
CLOCK = {"dbt_valid_from", "dbt_valid_to", "dbt_updated_at", "dbt_scd_id"}

# Where nexus differs on purpose, by the beginning of the place, with the reason.
KNOWN = {
    "database.analytics.materialized.columns": "descriptions of a materialized view's columns reach the database",
    "catalog.nodes.model.on_postgres.materialized.columns": "the same, as the catalog shows it",
}

READ = r"""
import json, psycopg2, sys
connection = psycopg2.connect(sys.argv[1])
cursor = connection.cursor()
clock = set(json.loads(sys.argv[2]))
def ask(sql, *parameters):
    cursor.execute(sql, parameters)
    return cursor.fetchall()
found = {}
for oid, schema, name, kind, persistence, comment in ask('''
        select c.oid, n.nspname, c.relname, c.relkind, c.relpersistence, obj_description(c.oid, 'pg_class') from pg_class c
        join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'v', 'm') and n.nspname not like 'pg\\_%%'
        and n.nspname <> 'information_schema' order by 2, 3'''):
    columns = ask('''select attname, format_type(atttypid, atttypmod), attnotnull, col_description(attrelid, attnum)
        from pg_attribute where attrelid = %s and attnum > 0 and not attisdropped order by attnum''', oid)
    indexes = ask('''select m.amname, i.indisunique, i.indisprimary, array_agg(a.attname order by array_position(i.indkey::int2[], a.attnum))
        from pg_index i join pg_class x on x.oid = i.indexrelid join pg_am m on m.oid = x.relam
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
        where i.indrelid = %s group by i.indexrelid, 1, 2, 3 order by 1, 2, 3, 4''', oid)
    checks = ask('select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = %s order by 2', oid)
    grants = ask('''select grantee, privilege_type from information_schema.role_table_grants
        where table_schema = %s and table_name = %s and grantee <> 'nexus' order by 1, 2''', schema, name)
    shown = [('"%s"' % c[0]) if c[0] not in clock else '("%s" is null) as "%s"' % (c[0], c[0]) for c in columns]
    rows = ask('select %s from "%s"."%s"' % (', '.join(shown) or '1', schema, name))
    found[schema + '.' + name] = {
        'kind': kind + persistence, 'comment': comment, 'columns': columns, 'indexes': indexes,
        'constraints': [c[1] for c in checks], 'grants': grants,
        'rows': sorted([[None if v is None else str(v) for v in row] for row in rows], key=json.dumps),
    }
json.dump(found, sys.stdout, default=str)
"""

MAKE = r"""
import psycopg2, sys
connection = psycopg2.connect(sys.argv[1])
connection.autocommit = True
cursor = connection.cursor()
cursor.execute('drop database if exists "%s" with (force)' % sys.argv[2])
cursor.execute('create database "%s"' % sys.argv[2])
for role in ('reader', 'writer'):
    cursor.execute("select 1 from pg_roles where rolname = %s", (role,))
    if not cursor.fetchall():
        cursor.execute('create role "%s"' % role)
"""


class Failed(Exception):
    """The comparison cannot be made."""


def oracle():
    """Installs dbt-postgres where it is missing; returns its `dbt`."""
    venv = CACHE / "dbt-postgres"
    wanted = (HERE / "requirements.txt").read_text()
    stamp = venv / ".complete"
    if not (stamp.exists() and stamp.read_text() == wanted):
        CACHE.mkdir(parents=True, exist_ok=True)
        script = 'flock 9; [ -x "$1/bin/pip" ] || python3 -m venv "$1"; "$1/bin/pip" install -q --disable-pip-version-check -r "$2"'
        with open(CACHE / ".dbt-postgres.lock", "w") as lock:
            done = subprocess.run(["bash", "-ec", script, "bash", str(venv), str(HERE / "requirements.txt")],
                                  pass_fds=(), stdin=subprocess.DEVNULL, text=True, capture_output=True,
                                  preexec_fn=lambda: os.dup2(lock.fileno(), 9), close_fds=False)
        if done.returncode:
            raise Failed(f"dbt-postgres could not be installed:\n{done.stdout}{done.stderr}")
        stamp.write_text(wanted)
    return venv / "bin/dbt"


class Tool:
    """dbt or nexus, with the project in a folder of its own."""

    def __init__(self, binary, project, output, python, folder):
        self.binary, self.output, self.python = binary, output, python
        self.project = folder / "project"
        shutil.copytree(project, self.project, ignore=shutil.ignore_patterns("target", "logs", "profiles.yml"))
        name = next(line.split(":", 1)[1].strip() for line in (project / "dbt_project.yml").read_text().splitlines()
                    if line.startswith("profile:"))
        profile = {name: {"target": "lab", "outputs": {"lab": output}}}
        (self.project / "profiles.yml").write_text(json.dumps(profile))

    def where(self, database):
        o = self.output
        return f"host={o['host']} port={o['port']} user={o['user']} password={o['password']} dbname={database}"

    def in_python(self, script, *arguments):
        done = subprocess.run([str(self.python), "-c", script, *arguments], text=True, capture_output=True)
        if done.returncode:
            raise Failed(done.stderr[-3000:])
        return done.stdout

    def run(self, *arguments):
        env = {k: v for k, v in os.environ.items() if not k.startswith(("DBT_", "NEXUS_"))}
        env.update(DBT_SEND_ANONYMOUS_USAGE_STATS="false", NO_COLOR="1", DBT_USE_COLORS="false", TZ="UTC", PYTHONHASHSEED="0")
        for name in ("NEXUS_DEV_CHECKOUT",):
            if name in os.environ:
                env[name] = os.environ[name]
        full = [str(self.binary), *arguments, "--project-dir", str(self.project), "--profiles-dir", str(self.project)]
        done = subprocess.run(full, cwd=self.project, env=env, text=True, capture_output=True)
        return done.returncode, done.stdout + done.stderr

    def answer(self):
        self.in_python(MAKE, self.where("postgres"), DATABASE)
        builds = []
        for line in runs_of(self.project):
            status, said = self.run("build", *shlex.split(line))
            results = self.project / "target/run_results.json"
            if not results.exists():
                raise Failed(f"{self.binary.name} build {line}: {status}\n{said[-4000:]}")
            results = json.loads(results.read_text())["results"]
            (self.project / "target/run_results.json").unlink()
            builds.append({
                "nodes": {r["unique_id"]: r for r in results},
                "database": json.loads(self.in_python(READ, self.where(DATABASE), json.dumps(sorted(CLOCK)))),
            })
        status, said = self.run("docs", "generate", "--vars", "{later: true}")
        catalog = self.project / "target/catalog.json"
        if not catalog.exists():
            raise Failed(f"{self.binary.name} docs generate: {status}\n{said[-3000:]}")
        return {"builds": builds, "catalog": json.loads(catalog.read_text())}


def runs_of(project):
    path = project / "runs.txt"
    return [line.strip() for line in path.read_text().splitlines()] if path.exists() else [""]


def key_of(project):
    digest = hashlib.sha256((PROCEDURE + (HERE / "requirements.txt").read_text() + READ + MAKE).encode())
    for path in sorted(p for p in project.rglob("*") if p.is_file() and "target" not in p.parts and "logs" not in p.parts):
        digest.update(str(path.relative_to(project)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:24]


def differences(path, left, right):
    """Yields each place in which two values of JSON differ."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in [*left, *(k for k in right if k not in left)]:
            yield from differences(f"{path}.{key}", left.get(key), right.get(key))
    elif left != right:
        yield path, left, right


def results_of(node):
    response = {k: v for k, v in node["adapter_response"].items() if k != "query_id"}
    return {k: node.get(k) for k in ("status", "failures", "message", "compiled_code")} | {
        "adapter_response": response,
        "batches": len((node.get("batch_results") or {}).get("successful") or []),
    }


def compare(name, dbt, nexus, shown):
    """Prints what differs; returns how much."""
    found = []
    for number, (left, right) in enumerate(zip(dbt["builds"], nexus["builds"])):
        for unique_id in sorted({*left["nodes"], *right["nodes"]}):
            pair = [side["nodes"].get(unique_id) for side in (left, right)]
            found += differences(f"build {number + 1}: {unique_id}", *(results_of(node) if node else None for node in pair))
        found += differences(f"build {number + 1}: database", left["database"], right["database"])
    catalogs = [
        {part: {key: {"metadata": node["metadata"], "columns": node["columns"]} for key, node in side["catalog"][part].items()}
         for part in ("nodes", "sources")}
        for side in (dbt, nexus)
    ]
    found += differences("catalog", *catalogs)
    known = [place for place, _, _ in found if any(place.split(": ", 1)[-1].startswith(start) for start in KNOWN)]
    found = [entry for entry in found if entry[0] not in known]
    for path, left, right in found[:shown]:
        print(f"{path}\n  - dbt   {json.dumps(left)[:1500]}\n  + nexus {json.dumps(right)[:1500]}")
    nodes = sum(len(build["nodes"]) for build in dbt["builds"])
    relations = sum(len(build["database"]) for build in dbt["builds"])
    print(f"{name}: {len(dbt['builds'])} builds, {nodes} results, {relations} relations: {len(found)} differences, {len(known)} known")
    return len(found)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nexus", type=Path)
    parser.add_argument("--setup", action="store_true", help="only install what is missing")
    parser.add_argument("--dbt", type=Path)
    parser.add_argument("--project", type=Path, default=HERE / "project")
    parser.add_argument("--diffs", type=int, default=20)
    parser.add_argument("--no-cache", action="store_true")
    arguments = parser.parse_args()
    if arguments.setup:
        oracle()
        return 0
    if not arguments.nexus:
        parser.error("--nexus is needed")
    project = arguments.project.resolve()
    dbt = arguments.dbt or oracle()
    python = dbt.parent / "python"
    folder = Path(tempfile.mkdtemp(prefix="parity-postgres-"))
    subprocess.run([LAB, "setup"], check=True)
    try:
        with open(folder / "out", "w+") as out:
            subprocess.run([LAB, "start", folder / "lab"], check=True, stdout=out, stdin=subprocess.DEVNULL)
            out.seek(0)
            output = json.loads(out.read().strip().splitlines()[-1]) | {"dbname": DATABASE, "threads": 1}
        kept = CACHE / "oracle-postgres" / f"{project.name}-{key_of(project)}.json"
        if kept.exists() and not arguments.no_cache:
            wanted = json.loads(kept.read_text())
        else:
            (folder / "dbt").mkdir()
            wanted = Tool(dbt, project, output, python, folder / "dbt").answer()
            kept.parent.mkdir(parents=True, exist_ok=True)
            fresh = kept.with_suffix(f".{os.getpid()}")
            fresh.write_text(json.dumps(wanted))
            fresh.rename(kept)
        (folder / "nexus").mkdir()
        given = Tool(arguments.nexus.resolve(), project, output, python, folder / "nexus").answer()
        return 1 if compare(project.name, wanted, given, arguments.diffs) else 0
    finally:
        subprocess.run([LAB, "stop", folder / "lab"], check=False)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Failed, subprocess.CalledProcessError) as failure:
        print(failure, file=sys.stderr)
        sys.exit(2)
