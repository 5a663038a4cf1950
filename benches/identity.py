#!/usr/bin/env python3
"""Time identity resolution on DuckDB: from sightings to the mapping, exact, beside two other ways in the same run.

usage: identity.py --nexus PATH [--people 300000] [--strategy auto] [--threads 2] [--memory LIMIT] [--runs 3] [--rivals] [--batch PERCENT]
       [--generator PATH]

The generator is `gen_identity.py` (see docs/performance.md); its graphs are kept in a cache folder. What is measured: the whole run from
the generator's rows to nexus_resolved_identifiers, in wall and CPU seconds with the peak memory of the process; and, because other models are
built at the same time as nexus_identity_components (sightings that are normalised and judged → identifier and component), that model alone, as
run_results.json has it, the best of several runs. --memory is DuckDB's `memory_limit`. The partition is compared with the generator's truth. With --rivals: scipy's
union-find over numbered pairs (needs numpy, scipy) and five joins of the closest hops in SQL, which
are not exact on the long chains. With --batch the project is `incremental: true`: all rows but the newest PERCENT are built, then all, and the second build is
what counts. Needs the Python package duckdb.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent))
from measure import measure  # noqa: E402

PROJECT = """name: bench
profile: bench
vars:
  nexus:
    incremental: {incremental}
    # The generator's addresses and numbers are no real ones.
    identity: {{strategy: {strategy}, identifier_types: {{email: {{normalize: text}}, phone: {{normalize: text}}}}}}
    sources:
      web: {{enabled: true, models: [entity_identifiers]}}
"""
PROFILE = """bench:
  target: dev
  outputs:
    dev: {{type: duckdb, path: "{path}", threads: 2, settings: {{threads: {threads}{memory}}}}}
"""
MODEL = """{{ config(materialized='view') }}
select
    event_id || '|' || identifier_value as entity_identifier_id, event_id, edge_id, entity_type, identifier_type,
    identifier_value, cast(null as varchar) as role, source, occurred_at, _ingested_at
from main.ids
where _ingested_at <= (select until from main.delivered)
"""


def project(folder, database, a):
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(PROJECT.format(strategy=a.strategy, incremental=str(a.batch is not None).lower()))
    (folder / "profiles.yml").write_text(PROFILE.format(path=database, threads=a.threads, memory=f", memory_limit: {a.memory}" if a.memory else ""))
    (folder / "models" / "web_entity_identifiers.sql").write_text(MODEL)


def deliver(database, share):
    """Lets the project see the oldest share of the rows."""
    con = duckdb.connect(str(database))
    con.execute(f"create or replace table delivered as select quantile_disc(_ingested_at, {share}) as until from ids")
    con.close()


def seconds_by_model(folder):
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    return {r["unique_id"].rsplit(".", 1)[1]: r["execution_time"] for r in results}


def compare(con, mapping):
    """Compares a mapping with the truth: pairs of (entity, component) must be one to one."""
    rows, entities, components, pairs = con.execute(f"""
        select count(*), count(distinct entity_id), count(distinct component), count(distinct (entity_id, component))
        from {mapping} join truth using (identifier_type, identifier_value)""").fetchone()
    total = con.execute("select count(*) from truth").fetchone()[0]
    if not (rows == total and entities == components == pairs):
        sys.exit(f"WRONG: {rows} of {total} identifiers, {entities} entities, {components} components, {pairs} pairs")
    print(f"{rows:,} identifiers are {entities:,} entities, as the generator says")


def graph(a):
    """The generated graph of so many people, made where it is not there yet."""
    cache = Path(os.environ.get("NEXUS_CACHE", Path.home() / ".cache" / "nexus")) / "bench"
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / f"people-{a.people}.duckdb"
    if not path.exists():
        subprocess.run([sys.executable, a.generator, str(a.people), str(path)], check=True)
    return path


def rivals(source, threads):
    con = duckdb.connect(str(source), read_only=True)
    con.execute(f"set threads={threads}")
    begun = time.perf_counter()
    pairs = """with n as (select identifier_type, identifier_value, row_number() over () - 1 as node
                          from (select distinct identifier_type, identifier_value from ids))
               select min(node) as a, max(node) as b from ids join n using (identifier_type, identifier_value) group by edge_id"""
    columns = con.execute(pairs).fetchnumpy()
    numbered = time.perf_counter() - begun
    try:
        import numpy
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components
    except ImportError:
        print("scipy: not installed")
    else:
        a, b = columns["a"], columns["b"]
        size = int(max(a.max(), b.max())) + 1
        begun = time.perf_counter()
        count, _ = connected_components(coo_matrix((numpy.ones(len(a), bool), (a, b)), shape=(size, size)), directed=False)
        print(f"scipy union-find: {time.perf_counter() - begun:.2f} s over numbered pairs, {numbered:.2f} s to number them; {count:,} components")
    begun = time.perf_counter()
    hops = "".join(
        f", h{i} as (select l.node, min(least(l.label, o.label)) as label from h{i - 1} l join e on e.a = l.node "
        f"join h{i - 1} o on o.node = e.b group by l.node)" for i in range(1, 6))
    count = con.execute(f"""with p as ({pairs}), e as (select a, b from p union select b, a from p union select a, a from p union select b, b from p),
        h0 as (select distinct a as node, a as label from e){hops} select count(distinct label) from h5""").fetchone()[0]
    print(f"five hops in SQL: {time.perf_counter() - begun:.2f} s; {count:,} components, which is not the truth")
    con.close()


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--nexus", required=True)
    ap.add_argument("--people", type=int, default=300_000)
    ap.add_argument("--strategy", default="auto")
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--memory", metavar="LIMIT")
    ap.add_argument("--runs", type=int, default=3)
    ap.add_argument("--rivals", action="store_true")
    ap.add_argument("--batch", type=float, metavar="PERCENT")
    here = Path(__file__).resolve().parents[1]
    ap.add_argument("--generator", default=str(here.parent / "shared" / "bench" / "gen_identity.py"))
    a = ap.parse_args()
    source = graph(a)
    folder = Path(tempfile.mkdtemp(prefix="nexus-bench-"))
    try:
        database = folder / "bench.duckdb"
        shutil.copy(source, database)
        project(folder / "project", database, a)
        command = [str(Path(a.nexus).resolve()), "run", "--select", "+nexus_resolved_identifiers"]
        if a.batch is not None:
            deliver(database, 1 - a.batch / 100)
            before = measure(command, folder / "project", dict(os.environ))
            print(f"all but the newest {a.batch:g} %: {before.wall:.2f} s wall, {before.cpu:.2f} s CPU, {before.memory:.0f} MB")
            for name, seconds in seconds_by_model(folder / "project").items():
                print(f"    {name:<34} {seconds:6.2f} s")
        deliver(database, 1)
        cost = measure(command, folder / "project", dict(os.environ))
        cpu, wall, memory = cost.cpu, cost.wall, cost.memory
        with duckdb.connect(str(database), read_only=True) as con:
            compare(con, "nexus_resolved_identifiers")
        taken = seconds_by_model(folder / "project")
        print(f"strategy {a.strategy}, {a.threads} threads")
        if a.batch is None:
            alone = [command[0], "run", "--select", "nexus_identity_components"]
            runs = []
            for _ in range(a.runs):
                measure(alone, folder / "project", dict(os.environ))
                runs.append(seconds_by_model(folder / "project")["nexus_identity_components"])
            print(f"sightings → mapping (nexus_identity_components alone): best {min(runs):.2f} s of {', '.join(f'{s:.2f}' for s in runs)}")
        print(f"rows → nexus_resolved_identifiers, whole run: {wall:.2f} s wall, {cpu:.2f} s CPU, {memory:.0f} MB")
        for name, seconds in taken.items():
            print(f"    {name:<34} {seconds:6.2f} s")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if a.rivals:
        rivals(source, a.threads)


if __name__ == "__main__":
    main()
