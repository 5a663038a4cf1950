"""Builds all tables of the framework from generated raw records (gen_framework.py) and says what it took: time, memory, the slowest models.

    benches/framework.py --nexus target/release/nexus [--events 1000000] [--threads 2] [--batch 0.01] [--settings YAML]

With --batch the framework is incremental: it is built of all rows but the newest hundredth, then of all, and the second build is what is
reported, beside a full build of the same rows. Needs the Python package duckdb (the one of `tests/parity/oracle.sh` has it).
"""
import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).parent))
from gen_framework import TABLES, generate  # noqa: E402
from measure import measure  # noqa: E402

PROJECT = """name: bench
profile: bench
vars:
  nexus:
    {incremental}internal_domains: [sliderule.example]
    sources:
      gmail: {{enabled: true}}
      google_calendar: {{enabled: true}}
      stripe: {{enabled: true}}
      shopify: {{enabled: true}}
      segment: {{enabled: true}}
    states:
      engagement: {{entity_type: person, model: engagement}}
      customer_lifecycle: {{entity_type: group, model: customer_lifecycle}}
      account_health: {{entity_type: group, model: account_health}}
models:
  bench:
    +materialized: table
flags:
  require_ref_searches_node_package_before_root: true
"""
PROFILE = """bench:
  target: dev
  outputs:
    dev: {{type: duckdb, path: "{path}", threads: {threads}, settings: {{threads: {threads}, memory_limit: '{memory}'{settings}}}}}
"""
SHOWN = 15


def project(folder, database, a):
    demo = Path(__file__).resolve().parents[1] / "examples" / "demo" / "models" / "states"
    shutil.copytree(demo, folder / "models" / "states")
    (folder / "dbt_project.yml").write_text(PROJECT.format(incremental="incremental: true\n    " if a.batch else ""))
    (folder / "profiles.yml").write_text(PROFILE.format(path=database, threads=a.threads, memory=a.memory, settings=a.settings and f", {a.settings}"))


def hold_back(database, fraction):
    """Moves the newest rows of each raw table aside."""
    con = duckdb.connect(str(database))
    for table in TABLES:
        con.execute(f"""create table late_{table} as select * from raw_{table}
            where _ingested_at > (select quantile_disc(_ingested_at, {1 - fraction}) from raw_{table})""")
        con.execute(f"delete from raw_{table} where _ingested_at >= (select min(_ingested_at) from late_{table})")
    con.close()


def let_in(database):
    con = duckdb.connect(str(database))
    rows = 0
    for table in TABLES:
        rows += con.execute(f"insert into raw_{table} select * from late_{table}").fetchone()[0]
    con.close()
    return rows


def run(folder, a, *flags):
    cost = measure([str(Path(a.nexus).resolve()), "run", *flags], folder, dict(os.environ))
    results = json.loads((folder / "target" / "run_results.json").read_text())["results"]
    return cost, {r["unique_id"].rsplit(".", 1)[1]: r["execution_time"] for r in results}


def show(what, cost, taken):
    print(f"{what}: {cost.wall:.1f} s wall, {cost.cpu:.1f} s CPU, {cost.memory:.0f} MB")
    for name, seconds in sorted(taken.items(), key=lambda one: -one[1])[:SHOWN]:
        print(f"    {name:<40} {seconds:6.2f} s")


def counts(database):
    con = duckdb.connect(str(database), read_only=True)
    rows = dict(con.execute("select metric, row_count from nexus_summary").fetchall())
    rows["identifiers"] = con.execute("select count(*) from nexus_resolved_identifiers").fetchone()[0]
    con.close()
    return ", ".join(f"{count:,} {what}" for what, count in rows.items())


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--nexus", required=True)
    ap.add_argument("--events", type=int, default=1_000_000)
    ap.add_argument("--threads", type=int, default=2)
    ap.add_argument("--memory", default="2.5GB", help="what DuckDB may take")
    ap.add_argument("--settings", default="", help="further settings of DuckDB, as YAML: 'preserve_insertion_order: false'")
    ap.add_argument("--batch", type=float, default=0)
    ap.add_argument("--keep", help="a folder that keeps the project and the database")
    a = ap.parse_args()
    cache = Path(os.environ.get("NEXUS_CACHE", Path.home() / ".cache" / "nexus")) / "bench"
    cache.mkdir(parents=True, exist_ok=True)
    raw = cache / f"framework-{a.events}.duckdb"
    if not raw.exists():
        generate(a.events, raw.with_suffix(".part"))
        raw.with_suffix(".part").rename(raw)
    folder = Path(a.keep) if a.keep else Path(tempfile.mkdtemp(prefix="nexus-bench-"))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        database = folder / "bench.duckdb"
        shutil.copy(raw, database)
        project(folder / "project", database, a)
        if a.batch:
            hold_back(database, a.batch)
        full, taken = run(folder / "project", a)
        print(counts(database))
        show("full build", full, taken)
        if a.batch:
            rows = let_in(database)
            batch, taken = run(folder / "project", a)
            print(counts(database))
            show(f"{rows:,} raw rows more", batch, taken)
            print(f"a batch of {a.batch:.0%} takes {batch.wall / full.wall:.0%} of the full time, {batch.cpu / full.cpu:.0%} of its CPU time")
    finally:
        if not a.keep:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
