#!/usr/bin/env python3
"""Times nexus: parse, ls, selection and compile of generated projects, a package of 700 macros, and the cost of a run
beside its bare SQL.

usage: suite.py --nexus PATH [--dbt PATH] [--sizes 100,1000,5000,20000] [--runs 5] [--record] [--generator PATH]

Each figure is the best of several runs: CPU seconds, wall seconds and peak memory of the process alone. With --dbt the
same commands are given to dbt-core in the same run, once each, up to --dbt-max models, so that the ratio is of one machine
at one time. --generator takes projects of another generator (`gen.py FOLDER COUNT`) in place of `projects.py`.
--record adds a line to `history.jsonl`. Nothing fails because it is slow.
"""
import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import projects  # noqa: E402
from measure import best, measure  # noqa: E402

HERE = Path(__file__).resolve().parent
HEAD = f"{'what':<44} {'tool':<6} {'cpu s':>8} {'wall s':>8} {'MB':>7}"


def in_transaction(create):
    """A statement that makes a table beside its place, with what nexus and dbt send around it."""
    beside, name = re.search(r'create table (\S+"(\w+)__dbt_tmp")', create).groups()
    return f'begin;\n{create}\n;\nalter table {beside} rename to "{name}";\ncommit'


class Suite:
    def __init__(self, given):
        self.given = given
        self.cache = Path(os.environ.get("NEXUS_CACHE", Path.home() / ".cache" / "nexus")) / "bench"
        self.env = {**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "0"}
        self.rows = []

    def say(self, what, tool, cost):
        self.rows.append({"what": what, "tool": tool, **{k: round(v, 4) for k, v in vars(cost).items()}})
        print(f"{what:<44} {tool:<6} {cost.cpu:>8.3f} {cost.wall:>8.3f} {cost.memory:>7.0f}", flush=True)

    def time(self, what, project, words, models=None):
        """Times a command of nexus, and of dbt where it is given and the project is not too large for it."""
        with tempfile.TemporaryDirectory(prefix="nexus-bench-") as scratch:
            env = {**self.env, "BENCH_DB": f"{scratch}/bench.duckdb"}
            command = [self.given.nexus, *words, "--target-path", f"{scratch}/target"]
            self.say(what, "nexus", best(self.given.runs, command, project, env))
            if self.given.dbt and (models or 0) <= self.given.dbt_max:
                command = [self.given.dbt, *words, "--target-path", f"{scratch}/dbt"]
                command += [] if "--no-partial-parse" in words else ["--no-partial-parse"]
                self.say(what, "dbt", measure(command, project, env))

    def sizes(self):
        for count in self.given.sizes:
            project = self.layered(count)
            name = f"{count:,} models, {3 * count:,} tests"
            self.time(f"parse: {name}", project, ["parse"], count)
            self.time(f"ls: {name}", project, ["ls", "--no-partial-parse"], count)
            # The best of several, of which the first reads the project; dbt is asked for the same once, so it would be cold.
            self.time(f"warm ls: {name}", project, ["ls"], self.given.dbt_max + 1)
            self.time(f"ls -s 'tag:facts+' : {name}", project, ["ls", "-s", "tag:facts+", "--no-partial-parse"], count)
            one = sorted((project / "models").glob("*/*.sql"))[-1].stem
            self.time(f"compile -s one: {name}", project, ["compile", "-s", one], count)
            self.time(f"compile: {name}", project, ["compile"], count)

    def layered(self, count):
        if not self.given.generator:
            return projects.kept(self.cache / f"layered-{count}", projects.layered(count))
        folder = self.cache / f"models-{count}"
        if not (folder / "dbt_project.yml").exists():
            command = [sys.executable, self.given.generator, str(folder), str(count)]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return folder

    def macro_heavy(self):
        project = projects.kept(self.cache / "macro-heavy", projects.macro_heavy)
        for tool in filter(None, [self.given.nexus, self.given.dbt]):
            if not (project / "dbt_packages").exists():
                measure([tool, "deps"], project, self.env)
        self.time("parse: 50 models, a package of 700 macros", project, ["parse"])
        self.time("compile: 50 models, a package of 700 macros", project, ["compile"])

    def overhead(self, count, rows):
        """Runs tables, then through DuckDB alone, in one session, the SQL that makes them, and all the statements that were sent."""
        project = projects.kept(self.cache / f"tables-{count}-{rows}", projects.tables(count, rows))
        name = f"{count} tables of {rows:,} rows"
        rounds = []
        for _ in range(self.given.runs):
            with tempfile.TemporaryDirectory(prefix="nexus-bench-") as scratch:
                env = {**self.env, "BENCH_DB": f"{scratch}/run.duckdb"}
                words = [self.given.nexus, "run", "--threads", "1", "--target-path", f"{scratch}/target"]
                run = measure(words, project, env)
                made = [file.read_text() for file in sorted(Path(scratch, "target", "run").rglob("*.sql"))]
                rounds.append((run, self.bare(scratch, project, env, made), self.bare(scratch, project, env, list(map(in_transaction, made)))))
        best_of = [min(column, key=lambda cost: cost.wall) for column in zip(*rounds)]
        self.say(f"run: {name}", "nexus", best_of[0])
        self.say(f"the SQL that makes them: {name}", "duckdb", best_of[1])
        self.say(f"all statements that were sent: {name}", "duckdb", best_of[2])
        over = [100 * (best_of[0].wall / cost.wall - 1) for cost in best_of[1:]]
        print(f"{'':<44} {'':<6} overhead {over[0]:+.0f} % of wall time, over all statements {over[1]:+.0f} %", flush=True)

    def bare(self, scratch, project, env, statements):
        Path(scratch, "bare.sql").write_text("\n;\n".join(statements))
        cost = measure([self.given.python, str(HERE / "bare.py"), scratch], project, env)
        cost.wall = float(Path(scratch, "bare.seconds").read_text())
        return cost

    def record(self):
        commit = subprocess.run(["git", "-C", str(HERE), "rev-parse", "--short", "HEAD"], text=True, capture_output=True)
        line = {
            "at": time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime()),
            "commit": commit.stdout.strip(),
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "rows": self.rows,
        }
        with (HERE / "history.jsonl").open("a") as file:
            file.write(json.dumps(line) + "\n")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--nexus", required=True)
    ap.add_argument("--dbt", help="dbt-core, as tests/parity/oracle.sh installs it")
    ap.add_argument("--python", default=sys.executable, help="a Python that has the package duckdb")
    ap.add_argument("--dbt-max", type=int, default=1000, metavar="MODELS")
    ap.add_argument("--sizes", default="100,1000,5000,20000")
    ap.add_argument("--runs", type=int, default=5)
    ap.add_argument("--record", action="store_true")
    ap.add_argument("--generator")
    given = ap.parse_args()
    given.nexus = str(Path(given.nexus).resolve())
    given.dbt = given.dbt and str(Path(given.dbt).absolute())
    given.sizes = [int(n) for n in given.sizes.split(",")]
    suite = Suite(given)
    suite.cache.mkdir(parents=True, exist_ok=True)
    print(HEAD)
    suite.say("--version", "nexus", best(given.runs, [given.nexus, "--version"], "/", suite.env))
    suite.sizes()
    suite.macro_heavy()
    suite.overhead(50, 300_000)
    suite.overhead(200, 1)
    if given.record:
        suite.record()


if __name__ == "__main__":
    main()
