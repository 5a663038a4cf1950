#!/usr/bin/env python3
"""Time `nexus parse` of generated projects: CPU seconds, wall seconds, peak memory, best of several runs.

usage: parse.py --nexus PATH [--dbt PATH] [--models 100,1000,5000] [--runs 5] [--generator PATH]

The generator is `gen_project.py` (see docs/performance.md); projects are kept in a cache folder. With --dbt the same
projects are parsed by dbt-core in the same run (once each: it takes minutes), so that the ratio is of one machine at
one time. Prints a table; fails only where a command fails.
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def measure(command, folder, env):
    """Runs a command in a child of its own, so that its resources are counted alone: (cpu s, wall s, peak MB)."""
    begun = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os.chdir(folder)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.execve(command[0], command, env)
    _, status, usage = os.wait4(pid, 0)
    wall = time.perf_counter() - begun
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))} failed in {folder}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--nexus", required=True)
    ap.add_argument("--dbt")
    ap.add_argument("--models", default="100,1000,5000")
    ap.add_argument("--runs", type=int, default=5)
    here = Path(__file__).resolve().parents[1]
    ap.add_argument("--generator", default=str(here.parent / "shared" / "bench" / "gen_project.py"))
    a = ap.parse_args()
    if not Path(a.generator).exists():
        sys.exit(f"no generator at {a.generator}: give --generator PATH")
    cache = Path(os.environ.get("NEXUS_CACHE", Path.home() / ".cache" / "nexus")) / "bench"
    cache.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "0"}
    print(f"{'models':>7} {'tool':<6} {'cpu s':>8} {'wall s':>8} {'MB':>7}")
    for count in (int(n) for n in a.models.split(",")):
        project = cache / f"models-{count}"
        if not (project / "dbt_project.yml").exists():
            subprocess.run([sys.executable, a.generator, str(project), str(count)], check=True, stdout=subprocess.DEVNULL)
        tools = [("nexus", str(Path(a.nexus).resolve()), a.runs)]
        if a.dbt:
            tools.append(("dbt", str(Path(a.dbt).resolve()), 1))
        for name, path, runs in tools:
            best = None
            for _ in range(runs):
                target = tempfile.mkdtemp(prefix="nexus-bench-")
                command = [path, "parse", "--target-path", target]
                command += ["--no-partial-parse"] if name == "dbt" else []
                result = measure(command, project, env)
                shutil.rmtree(target, ignore_errors=True)
                best = result if best is None or result[0] < best[0] else best
            print(f"{count:>7} {name:<6} {best[0]:>8.3f} {best[1]:>8.3f} {best[2]:>7.0f}", flush=True)


if __name__ == "__main__":
    main()
