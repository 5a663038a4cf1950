#!/usr/bin/env python3
"""Runs a project of tests/lab/configurations with dbt and with nexus on one stand-in, twice each, and compares the
statements that they send, model by model.

    tests/lab/beside_dbt.py --nexus PATH --dbt PATH --database bigquery|snowflake

`--dbt` is the dbt of an environment with dbt-bigquery or dbt-snowflake, such as `python3 -m venv V; V/bin/pip install
dbt-bigquery`. What a stand-in lacks, so that dbt fails on it, is told and left out; so are those of LEFT_OUT.
Statements are compared without comments, blanks, quotes and letter case. SPELLINGS lists what is written in another way
and means the same. Exits with 1 where a model differs.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

LAB = Path(__file__).resolve().parent
SCHEMA_FIELD = {"bigquery": "dataset", "snowflake": "schema"}
STRETCH = ["--event-time-start", "2024-01-01", "--event-time-end", "2024-01-02"]

# Pattern, replacement: each has another spelling of one thing become the same text.
SPELLINGS = [
    # One variable is set from a row of one field, or from its value.
    (r"set\(dbt_partitions_for_replacement\)=\(select as struct ", "set dbt_partitions_for_replacement=(select "),
    # A temporary view is new: there are no grants to copy.
    (r"(create or replace temporary view \S+) copy grants as", r"\1 as"),
    # Conditions of a batch in one pair of brackets, or in one each; a name given with and without `as`.
    (r" as dbt_internal_target where", " dbt_internal_target where"),
    (r"where\((dbt_internal_target\.\S+ >=[^;]*?\))\)and\((dbt_internal_target.*)$", r"where(\1and \2"),
]
# Statements of nexus alone, with what they are for.
OURS = {
    r"^select count\(\*\),count\(case when": "looks for null keys in the delta",
    r"^select cast\(coalesce\(sum\(key_rows": "looks for null and duplicate keys in the delta",
}
# Questions about the catalog; and the end of what was staged, which dbt says in a first run too, where nothing was.
LEFT_OUT = re.compile(r"^(show|describe|desc) |^drop (view|table) if exists \S+__dbt_tmp\b")


def normal(sql, schema):
    sql = re.sub(r"/\*.*?\*/", "", sql, flags=re.S)
    sql = re.sub(r"--[^\n]*", "", sql).lower().replace(schema, "x").replace("`", "").replace('"""', '"')
    sql = re.sub(r"\s+", " ", sql)
    sql = re.sub(r"\s*([(),;=\[\]])\s*", r"\1", sql).strip().rstrip(";")
    sql = re.sub(r"__dbt_tmp\w*", "__dbt_tmp", sql)
    for pattern, other in SPELLINGS:
        sql = re.sub(pattern, other, sql)
    return sql


def read(path, schema, models):
    """The statements of each model that name the schema, each once, in their order."""
    found = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        sql = (json.loads(line).get("sql") or "").lower()
        if schema not in sql:
            continue
        text = normal(sql, schema)
        named = re.search(r'"node_id": "model\.shop\.(\w+)"', sql)
        name = named.group(1) if named else next((m for m in models if re.search(rf"\bx\.{m}\b|\bx\.{m}__", text)), None)
        if name and not LEFT_OUT.match(text) and text not in found[name]:
            found[name].append(text)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nexus", required=True, type=Path)
    parser.add_argument("--dbt", required=True, type=Path)
    parser.add_argument("--database", required=True, choices=sorted(SCHEMA_FIELD))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="beside-dbt-") as scratch:
        return compare(arguments, Path(scratch))


def compare(arguments, scratch):
    project, engine = scratch / "project", scratch / "engine"
    shutil.copytree(LAB / "configurations" / arguments.database, project)
    engine.mkdir()
    # Under its own name nexus stages a delta to look at its keys; under this name it does as dbt does.
    as_dbt = scratch / "dbt"
    as_dbt.symlink_to(arguments.nexus.resolve())
    script = LAB / f"{arguments.database}.sh"
    subprocess.run([script, "setup"], check=True, stdout=subprocess.DEVNULL)
    answer = scratch / "output.json"
    with answer.open("w") as out, (scratch / "engine.err").open("w") as err:
        subprocess.run([script, "start", engine], check=True, stdout=out, stderr=err)
    try:
        output = json.loads(answer.read_text())
        models = sorted(path.stem for path in (project / "models").glob("*.sql"))
        sent, failed = {}, {}
        for name, binary in (("dbt", arguments.dbt), ("nexus", as_dbt)):
            target = output | {SCHEMA_FIELD[arguments.database]: f"x_{name}", "threads": 1}
            profile = {"shop": {"target": "lab", "outputs": {"lab": target}}}
            (project / "profiles.yml").write_text(json.dumps(profile))
            for _ in range(2):
                call = [str(binary), "run", "--profiles-dir", ".", "--target-path", f"target_{name}", *STRETCH]
                subprocess.run(call, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
            results = json.loads((project / f"target_{name}/run_results.json").read_text())["results"]
            failed[name] = {r["unique_id"].split(".")[2] for r in results if r["status"] != "success"}
            sent[name] = read(engine / "statements.jsonl", f"x_{name}", models)
    finally:
        subprocess.run([script, "stop", engine], check=True, stdout=subprocess.DEVNULL)
    equal, differing = 0, 0
    for model in models:
        theirs, ours = sent["dbt"][model], sent["nexus"][model]
        ours = [sql for sql in ours if not any(re.search(pattern, sql) for pattern in OURS)]
        if model in failed["dbt"] and theirs != ours:
            print(f"{model}: dbt cannot run it on the stand-in; nexus {'neither' if model in failed['nexus'] else 'does'}")
        elif theirs == ours:
            equal += 1
        else:
            differing += 1
            print(f"{model}: differs")
            for side, mine, other in (("dbt", theirs, ours), ("nexus", ours, theirs)):
                for sql in mine:
                    if sql not in other or set(theirs) == set(ours):
                        print(f"  {side:5} {sql}")
    print(f"{arguments.database}: {equal} models with equal statements, {differing} that differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
