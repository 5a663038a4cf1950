#!/usr/bin/env python3
"""Time identity resolution on PostgreSQL: from sightings to the mapping, exact.

usage: identity_postgres.py --nexus PATH [--people 300000] [--strategy auto] [--generator PATH]

The graph is that of identity.py; it is copied into the server that tests/lab/postgres.sh starts, with more memory for a sort than by
default. Prints the wall time of the whole run from the generator's rows to nexus_resolved_identifiers and of each model, and compares the partition
with the generator's truth. Needs the Python package duckdb, and psql.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent))
import identity  # noqa: E402
from measure import measure  # noqa: E402

LAB = Path(__file__).resolve().parents[1] / "tests/lab/postgres.sh"
COLUMNS = "event_id, edge_id, entity_type, identifier_type, identifier_value, source, occurred_at, _ingested_at"
TABLE = """create table public.ids (event_id text, edge_id text, entity_type text, identifier_type text, identifier_value text, source text,
    occurred_at timestamp, _ingested_at timestamp)"""
SETTINGS = {"work_mem": "256MB", "maintenance_work_mem": "512MB", "max_wal_size": "8GB"}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--nexus", required=True)
    ap.add_argument("--people", type=int, default=300_000)
    ap.add_argument("--strategy", default="auto")
    here = Path(__file__).resolve().parents[1]
    ap.add_argument("--generator", default=str(here.parent / "shared" / "bench" / "gen_identity.py"))
    a = ap.parse_args()
    a.batch, a.threads, a.memory = None, 2, None
    graph = identity.graph(a)
    folder = Path(tempfile.mkdtemp(prefix="nexus-bench-"))
    folder.chmod(0o755)
    try:
        with open(folder / "out", "w+") as out:
            subprocess.run([LAB, "start", folder / "lab"], check=True, stdout=out, stdin=subprocess.DEVNULL)
            out.seek(0)
            output = json.loads(out.read().strip().splitlines()[-1]) | {"threads": 2, "schema": "public"}
        env = os.environ | {"PGPASSWORD": output["password"], "NO_COLOR": "1"}
        psql = ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", output["host"], "-p", str(output["port"]),
                "-U", output["user"], "-d", output["dbname"]]

        def ask(sql, **more):
            return subprocess.run([*psql, "-c", sql], check=True, env=env, **more)

        for name, value in SETTINGS.items():
            ask(f"alter system set {name} = '{value}'")
        ask("select pg_reload_conf()", stdout=subprocess.DEVNULL)
        con = duckdb.connect(str(graph), read_only=True)
        con.execute(f"copy (select {COLUMNS} from ids) to '{folder}/ids.csv' (header false)")
        ask(TABLE)
        ask(f"\\copy public.ids from '{folder}/ids.csv' csv")
        ask("analyze public.ids")
        (folder / "models").mkdir()
        (folder / "dbt_project.yml").write_text(identity.PROJECT.format(strategy=a.strategy, incremental="false"))
        (folder / "profiles.yml").write_text(json.dumps({"bench": {"target": "dev", "outputs": {"dev": output}}}))
        model = identity.MODEL.replace("main.ids", "public.ids").replace("where _ingested_at <= (select until from main.delivered)\n", "")
        (folder / "models" / "web_entity_identifiers.sql").write_text(model)
        cost = measure([str(Path(a.nexus).resolve()), "run", "--select", "+nexus_resolved_identifiers"], folder, env)
        mapping = "select identifier_type, identifier_value, entity_id from public.nexus_resolved_identifiers"
        ask(f"\\copy ({mapping}) to '{folder}/mapping.csv' csv")
        identity.compare(con, f"read_csv('{folder}/mapping.csv', header = false, names = ['identifier_type', 'identifier_value', 'entity_id'], all_varchar = true)")
        print(f"rows → nexus_resolved_identifiers, whole run: {cost.wall:.2f} s wall, {cost.cpu:.2f} s CPU of nexus, {cost.memory:.0f} MB of nexus")
        for name, seconds in identity.seconds_by_model(folder).items():
            print(f"    {name:<34} {seconds:6.2f} s")
    finally:
        subprocess.run([LAB, "stop", folder / "lab"], check=False)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
