#!/usr/bin/env python3
"""Compares what nexus and dbt-core make of an earlier run: `state:`, `result:`, `source_status:`, `--defer`.

dbt-core builds tests/parity/projects/state in one target, the files of its folder `changes` are laid over it, and both
tools are asked, with dbt's artifacts as the state, for every line of state_selections.txt (arguments of `ls`) and of
state_compiles.txt (arguments of `compile`). Then nexus is asked for the same selections with artifacts that nexus wrote.

dbt-core's answers are kept beside those of compare.py, and under the same kind of key.

Exit status: 0 equal, 1 different, 2 the comparison itself failed.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from compare import CACHE, DATABASE, Failure, clean_environment, lines_of, oracle_key, source_of

PROJECT = "state"
# Raise this when what is asked of dbt-core, or how, changes.
PROCEDURE = "5"

ASK = r"""
import json, os, shutil, sys
from pathlib import Path
from dbt.cli.main import dbtRunner

project, changes, asked, out = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3]), Path(sys.argv[4])
os.chdir(project)
where = ["--project-dir", str(project), "--profiles-dir", str(project)]
def invoke(*args):
    return dbtRunner().invoke(["--quiet", *args, *where])
invoke("build", "--target", "prod", "--vars", "{broken: true}")
invoke("source", "freshness", "--target", "prod")
shutil.copytree(project / "target", project / "earlier")
shutil.rmtree(project / "target")
apply(project, changes)
invoke("source", "freshness")
sources = (project / "target/sources.json").read_text()
for args in asked["builds"]:
    invoke(*args)
answers = {"ls": {}, "compile": {}}
manifest = dbtRunner().invoke(["--quiet", "parse", "--no-partial-parse", *where]).result
runner = dbtRunner(manifest=manifest)
for args in asked["ls"]:
    (project / "target/sources.json").write_text(sources)
    done = runner.invoke(["--quiet", "ls", *args, "--state", "earlier", *where])
    answers["ls"][" ".join(args)] = sorted(done.result) if done.success else "refused: " + str(done.exception)
# As it is before anything below builds a model.
database = Path(os.environ["NEXUS_TEST_DB"])
for file in database.parent.glob(database.name + "*"):
    shutil.copy(file, out)
for args in asked["compile"]:
    done = invoke(*command(args))
    nodes = json.loads((project / "target/manifest.json").read_text())["nodes"]
    answers["compile"][" ".join(args)] = ({k: n.get("compiled_code") for k, n in nodes.items() if n.get("compiled")}
                                          if done.success else "refused: " + str(done.exception))
(out / "answer.json").write_text(json.dumps(answers))
shutil.copytree(project / "earlier", out / "earlier")
(out / "sources.json").write_text(sources)
"""

APPLY = r"""
def command(args):
    # A line of state_compiles.txt begins with its command, or with the flags of `compile`.
    return args if args and not args[0].startswith("-") else ["compile", *args]

def apply(project, changes):
    import shutil
    for line in (changes / "deleted.txt").read_text().split():
        (project / line).unlink()
    shutil.copytree(changes, project, dirs_exist_ok=True)
"""
exec(APPLY)


def asked():
    source = source_of(PROJECT)
    return {
        "builds": lines_of(source / "state_builds.txt"),
        "ls": lines_of(source / "state_selections.txt"),
        "compile": lines_of(source / "state_compiles.txt"),
    }


def copy_project(to):
    shutil.copytree(source_of(PROJECT), to, ignore=shutil.ignore_patterns("target", "logs", "*.duckdb", "*.wal"))


def ask_oracle(dbt):
    """Returns the folder with dbt-core's answers, its artifacts, and the database as it was before the compiles."""
    python = dbt.parent / "python"
    kept = CACHE / "oracle" / f"previous_run-{PROCEDURE}-{oracle_key(PROJECT, python)}"
    if (kept / "answer.json").exists():
        return kept
    with tempfile.TemporaryDirectory(prefix="parity-state-") as name:
        scratch = Path(name)
        copy_project(scratch / "project")
        (scratch / "out").mkdir()
        command = [str(python), "-c", APPLY + ASK, str(scratch / "project"), str(source_of(PROJECT) / "changes"),
                   json.dumps(asked()), str(scratch / "out")]
        done = subprocess.run(command, env=clean_environment(scratch), text=True, capture_output=True)
        if done.returncode != 0:
            raise Failure(f"dbt-core gave no answer:\n{(done.stdout + done.stderr)[-3000:]}")
        kept.parent.mkdir(parents=True, exist_ok=True)
        for old in kept.parent.glob("previous_run-*"):
            shutil.rmtree(old, ignore_errors=True)
        shutil.copytree(scratch / "out", kept)
    return kept


class Nexus:
    """nexus in the changed project, with an earlier run beside it."""

    def __init__(self, binary, scratch, kept):
        self.binary, self.project, self.env = binary, scratch / "project", clean_environment(scratch)
        copy_project(self.project)
        for file in kept.glob(DATABASE + "*"):
            shutil.copy(file, scratch)

    def run(self, *args):
        done = subprocess.run([str(self.binary), *args], cwd=self.project, env=self.env, text=True, capture_output=True)
        return done.returncode, done.stdout, done.stderr

    def write_state(self, to):
        """Lets nexus write the earlier manifest itself."""
        self.run("parse", "--target", "prod")
        shutil.copytree(self.project / "target", self.project / to)

    def change(self, kept):
        apply(self.project, source_of(PROJECT) / "changes")
        shutil.copytree(kept / "earlier", self.project / "earlier")
        (self.project / "target").mkdir(exist_ok=True)
        shutil.copy(kept / "sources.json", self.project / "target/sources.json")

    def list(self, args, state):
        code, out, err = self.run("--quiet", "ls", *args, "--state", state)
        return sorted(out.splitlines()) if code == 0 else "refused: " + err

    def compile(self, args):
        code, _, err = self.run(*command(args))
        if code != 0:
            return "refused: " + err
        nodes = json.loads((self.project / "target/manifest.json").read_text())["nodes"]
        return {k: n.get("compiled_code") for k, n in nodes.items() if n.get("compiled")}


def differences(what, dbt, nexus):
    if isinstance(dbt, str) or isinstance(nexus, str):
        if isinstance(dbt, str) != isinstance(nexus, str):
            yield f"{what}\n  dbt   {dbt}\n  nexus {nexus}"
        return
    if isinstance(dbt, list):
        lost, extra = sorted(set(dbt) - set(nexus)), sorted(set(nexus) - set(dbt))
        if lost or extra:
            yield f"{what}\n  only dbt   {lost}\n  only nexus {extra}"
        return
    for key in sorted(set(dbt) | set(nexus)):
        if dbt.get(key) != nexus.get(key):
            yield f"{what}: {key}\n  dbt   {dbt.get(key)!r}\n  nexus {nexus.get(key)!r}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nexus", type=Path, required=True)
    parser.add_argument("--dbt", type=Path, default=CACHE / "dbt-oracle/bin/dbt")
    given = parser.parse_args()
    try:
        kept = ask_oracle(given.dbt.absolute())
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 2
    answer = json.loads((kept / "answer.json").read_text())
    found, compared = [], 0
    with tempfile.TemporaryDirectory(prefix="parity-state-") as name:
        nexus = Nexus(given.nexus.absolute(), Path(name), kept)
        nexus.write_state("own")
        nexus.change(kept)
        for args in asked()["ls"]:
            what = " ".join(args)
            compared += 1
            found += differences(f"ls {what}", answer["ls"][what], nexus.list(args, "earlier"))
            if "result:" not in what and "source_status:" not in what and "failed" not in what:
                compared += 1
                found += differences(f"ls {what} (nexus's state)", answer["ls"][what], nexus.list(args, "own"))
        for args in asked()["compile"]:
            what = " ".join(args)
            compared += 1
            found += differences(f"compile {what}", answer["compile"][what], nexus.compile(args))
    print("\n".join(found))
    print(f"{compared} compared, {len(found)} different")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
