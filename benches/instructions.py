#!/usr/bin/env python3
"""Counts the instructions of parsing with callgrind, and fails where they grew by more than a tenth.

usage: instructions.py --nexus PATH [--update] [--limit 10]

Counts do not depend on how busy the machine is, so they show what changed where seconds cannot. They are compared with
`instructions.json`, which --update writes anew: do that in the commit that means to change them, and say why there. One
thread parses, so that no thread's waiting is counted. Needs valgrind.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import projects  # noqa: E402

BASELINE = Path(__file__).resolve().parent / "instructions.json"
CASES = {
    "parse: 500 models, 1,500 tests": (projects.layered(500), ["parse"]),
    "parse: 50 models, a package of 700 macros": (projects.macro_heavy, ["parse"]),
    "compile: 50 models, a package of 700 macros": (projects.macro_heavy, ["compile", "--threads", "1"]),
}


def count(nexus, write, words):
    """Returns the instructions that a command takes, in millions."""
    with tempfile.TemporaryDirectory(prefix="nexus-instructions-") as name:
        scratch = Path(name)
        project = scratch / "project"
        project.mkdir()
        write(project)
        env = {"PATH": os.environ["PATH"], "HOME": name, "RAYON_NUM_THREADS": "1", "BENCH_DB": f"{name}/bench.duckdb"}
        if (project / "packages.yml").exists():
            subprocess.run([nexus, "deps"], cwd=project, env=env, check=True, capture_output=True)
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={name}/callgrind.out", nexus, *words]
        done = subprocess.run(tool, cwd=project, env=env, text=True, capture_output=True)
        found = re.search(r"Collected : (\d+)", done.stderr)
        if done.returncode != 0 or not found:
            sys.exit(f"`nexus {' '.join(words)}` failed under valgrind:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return int(found.group(1)) / 1e6


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--nexus", required=True)
    ap.add_argument("--update", action="store_true", help="write what is counted now as the baseline")
    ap.add_argument("--limit", type=float, default=10, metavar="PERCENT")
    given = ap.parse_args()
    if not shutil.which("valgrind"):
        if os.environ.get("CI"):
            sys.exit("valgrind was not found: apt install valgrind")
        print("instructions are not counted: valgrind was not found (apt install valgrind)")
        return
    baseline = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    print(f"{'what':<46} {'millions':>10} {'before':>10} {'change':>8}")
    counted, grown = {}, []
    for what, (write, words) in CASES.items():
        counted[what] = round(count(str(Path(given.nexus).resolve()), write, words), 1)
        before = baseline.get(what)
        change = 100 * (counted[what] / before - 1) if before else 0
        print(f"{what:<46} {counted[what]:>10,.1f} {before or 0:>10,.1f} {change:>+7.1f}%", flush=True)
        if change > given.limit:
            grown.append(what)
    if given.update:
        BASELINE.write_text(json.dumps(counted, indent=2) + "\n")
    elif grown:
        sys.exit(f"more than {given.limit:g} % more instructions than in {BASELINE.name}: {'; '.join(grown)}")


if __name__ == "__main__":
    main()
