#!/usr/bin/env python3
"""Times `nexus run` of many trivial tables on PostgreSQL against the same statements by psql.

    benches/postgres.py --nexus PATH [--models 200] [--threads 4] [--rounds 5]

psql gets the statements that nexus sends for each model, in as many sessions as nexus has threads, each model in a
transaction of its own. The two take turns. Prints the best of the rounds of each, their quotient, that of the middle
round, how long the clients themselves worked, and how many questions about the catalog
nexus asked in one run. The server is that of tests/lab/postgres.sh. A debug build of nexus says little.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LAB = ROOT / "tests/lab/postgres.sh"


def statements(schema, model, again):
    """What a model's table takes, as nexus sends it."""
    name = f'"postgres"."{schema}"."{model}"'
    lines = ["begin", f'create table "postgres"."{schema}"."{model}__dbt_tmp" as (select 1 as id)']
    if again:
        lines.append(f'alter table {name} rename to "{model}__dbt_backup"')
    lines.append(f'alter table "postgres"."{schema}"."{model}__dbt_tmp" rename to "{model}"')
    lines.append("commit")
    if again:
        lines.append(f'drop table if exists "postgres"."{schema}"."{model}__dbt_backup" cascade')
    return ";\n".join(lines) + ";\n"


def timed(call):
    """The seconds of a call, and those that the processes which it started and ended worked."""
    begun, before = time.perf_counter(), os.times()
    call()
    after = os.times()
    worked = after.children_user - before.children_user + after.children_system - before.children_system
    return time.perf_counter() - begun, worked


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nexus", type=Path, required=True)
    parser.add_argument("--models", type=int, default=200)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-postgres-"))
    models = [f"m{n:04}" for n in range(arguments.models)]
    try:
        with open(folder / "out", "w+") as out:
            subprocess.run([LAB, "start", folder / "lab"], check=True, stdout=out, stdin=subprocess.DEVNULL)
            out.seek(0)
            output = json.loads(out.read().strip().splitlines()[-1]) | {"threads": arguments.threads, "schema": "by_nexus"}
        env = os.environ | {"PGPASSWORD": output["password"], "NO_COLOR": "1"}
        psql = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", output["host"], "-p", str(output["port"]),
                "-U", output["user"], "-d", output["dbname"]]
        (folder / "models").mkdir()
        (folder / "dbt_project.yml").write_text("name: bench\nprofile: bench\nmodels: {bench: {+materialized: table}}\n")
        (folder / "profiles.yml").write_text(json.dumps({"bench": {"target": "lab", "outputs": {"lab": output}}}))
        for model in models:
            (folder / "models" / f"{model}.sql").write_text("select 1 as id")
        run = [str(arguments.nexus.resolve()), "run", "--profiles-dir", str(folder), "--project-dir", str(folder)]

        def by_nexus():
            subprocess.run(run, check=True, cwd=folder, env=env, stdout=subprocess.DEVNULL)

        def by_psql(again):
            sessions = []
            for number in range(arguments.threads):
                text = "".join(statements("by_psql", model, again) for model in models[number::arguments.threads])
                path = folder / f"session{number}.sql"
                path.write_text(text)
                sessions.append(subprocess.Popen([*psql, "-f", str(path)], env=env, stdout=subprocess.DEVNULL))
            if any(session.wait() for session in sessions):
                raise SystemExit("psql failed")

        subprocess.run([*psql, "-c", "create schema by_psql"], check=True, env=env)
        by_nexus()
        by_psql(False)
        # In turns, so that what else the machine does falls on both.
        rounds = [(timed(by_nexus), timed(lambda: by_psql(True))) for _ in range(arguments.rounds)]
        nexus, direct = (min(column) for column in zip(*rounds))
        between = sorted(n / d for (n, _), (d, _) in rounds)[len(rounds) // 2]
        print(f"{arguments.models} models, {arguments.threads} threads: nexus {nexus[0]:.2f} s, psql {direct[0]:.2f} s, "
              f"{nexus[0] / direct[0]:.2f}x; in the middle round {between:.2f}x; of that the client's own work: "
              f"nexus {nexus[1]:.2f} s, psql {direct[1]:.2f} s")
        subprocess.run([*psql, "-c", f"alter role {output['user']} set log_statement = 'all'"], check=True, env=env)
        cluster = Path((folder / "lab/cluster").read_text().strip())
        before = (cluster / "log").stat().st_size
        by_nexus()
        with open(cluster / "log") as log:
            log.seek(before)
            asked = re.findall(r"from (?:pg_catalog\.)?(pg_\w+)", log.read())
        print(f"questions about the catalog in one run: {len(asked)} ({', '.join(sorted(set(asked)))})")
    finally:
        subprocess.run([LAB, "stop", folder / "lab"], check=False)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
