#!/usr/bin/env python3
"""Compares nexus, called under the name `dbt`, with dbt-core: what is printed, the exit codes, and the flags that are taken.

  transcripts   each line of calls.txt of a project, in order, in one folder: standard output but for clock, durations,
                colours, paths, versions and the number of macros, and the exit code
  warnings      each line of warnings.txt of a project, in a copy of the project: the events of level `warn` in the JSON lines, by name and number, the summary of deprecations, and the
                exit code; of calls joined by `&&` the last is looked at, and `NAME=value` before one is its environment
  flags         every flag of every command of dbt, the hidden ones among them, is taken

dbt-core's answers are kept under ~/.cache/nexus/oracle-as-dbt, under a key made of the project's files and PROCEDURE.

Exit status: 0 equal, 1 different, 2 the comparison itself failed.
"""

import argparse
import difflib
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent / "projects" / "as_dbt"
# Events of dbt beside another that says the same.
SPOKEN_FOR = {"SpacesInResourceNameDeprecation"}
# Events that nexus does not tell: that a source says it overrides one that is not there.
UNTOLD = {"UnusedTables"}
CHECKS = ["transcripts", "warnings", "flags"]
# Raise this when what is asked of dbt, or how it is reduced, changes.
PROCEDURE = "1"
CACHE = Path(os.environ.get("NEXUS_CACHE") or Path.home() / ".cache" / "nexus") / "oracle-as-dbt"

# What differs on purpose, line by line, in the order in which it is replaced: pattern, replacement.
REDUCED = [
    (r"\x1b\[[0-9;]*m", ""),
    (r"\d\d:\d\d:\d\d(\.\d+)?", "TIME"),
    (r"\d+\.\d+s", "SECONDS"),
    (r"\d+\.\d+ seconds", "SECONDS"),
    (r"\d+ macros", "N macros"),
    # The SQL that is sent has other lines around the model's own.
    (r"LINE \d+:", "LINE N:"),
    (r"(?m)^ +\^$", "^"),
]
# Lines of dbt that nexus has no reason to write: it parses all files each time, and runs no Python.
ABSENT = [
    "Unable to do partial parsing",
    "Performance info:",
    "python version:",
    "python path:",
    "nexus version:",
    "os info:",
]


def environment():
    env = {k: v for k, v in os.environ.items() if not k.startswith(("DBT_", "NEXUS_"))}
    env.update(DO_NOT_TRACK="1", PYTHONHASHSEED="0", TZ="UTC", PYTHONWARNINGS="ignore")
    env.pop("NO_COLOR", None)
    return env


def reduce(text, folder):
    text = text.replace(str(folder), "FOLDER")
    for pattern, replacement in REDUCED:
        text = re.sub(pattern, replacement, text)
    lines = [line.rstrip() for line in text.splitlines()]
    return [line for line in lines if not any(absent in line for absent in ABSENT)]


def calls():
    lines = (PROJECT / "calls.txt").read_text().splitlines()
    return [line.replace("\\n", "\n") for line in lines if line and not line.startswith("#")]


def warnings(program, project):
    """Returns the warnings of each call on a project as JSON lines tell them."""
    answers = []
    for line in (project / "warnings.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch).resolve() / "project"
            shutil.copytree(project, folder)
            for call in line.split(" && "):
                words = shlex.split(call)
                variables = [word for word in words if re.match(r"[A-Z_]+=", word)]
                done = subprocess.run(
                    [*program, "--log-format", "json", *words[len(variables):]],
                    cwd=folder, env=environment() | dict(word.split("=", 1) for word in variables),
                    capture_output=True, text=True, check=False,
                )  # fmt: skip
        events, summary = {}, []
        for row in done.stdout.splitlines():
            if row.startswith("{") and (event := json.loads(row)).get("info", {}).get("level") == "warn":
                name = event["info"]["name"]
                if name in SPOKEN_FOR | UNTOLD:
                    continue
                events[name] = events.get(name, 0) + 1
                if name == "DeprecationsSummary":
                    summary = sorted(f"{s['event_name']} {s['event_code']} {s['occurrences']}" for s in event["data"]["summaries"])
        told = [f"{name} x{count}" for name, count in sorted(events.items())] + summary
        # dbt stops at the first fault, nexus tells all of a phase.
        answers.append({"call": line, "exit": done.returncode, "lines": [] if done.returncode == 2 else told})
    return answers


def transcripts(program):
    """Returns what each call printed, and its exit code."""
    answers = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch).resolve() / "shop"
        shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("target", "logs", "*.duckdb"))
        for call in calls():
            done = subprocess.run(
                [program, *shlex.split(call)], cwd=folder, env=environment(), capture_output=True, text=True, check=False
            )
            answers.append({"call": call, "exit": done.returncode, "lines": reduce(done.stdout, folder)})
    return answers


def kept(name, dbt, make, folder=PROJECT):
    """Returns an answer of dbt, from the cache where it is there."""
    digest = hashlib.sha256(PROCEDURE.encode())
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update(str(dbt).encode())
    path = CACHE / f"{name}-{digest.hexdigest()[:20]}.json"
    if path.exists():
        return json.loads(path.read_text())
    answer = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
        json.dump(answer, file)
    os.replace(file.name, path)
    return answer


def compare_calls(name, theirs, ours):
    different = 0
    for a, b in zip(theirs, ours, strict=True):
        lines = list(difflib.unified_diff(a["lines"], b["lines"], "dbt", "nexus", lineterm="", n=1))
        if a["exit"] != b["exit"]:
            lines.append(f"exit code: dbt {a['exit']}, nexus {b['exit']}")
        if lines:
            different += 1
            print("\n".join([f"$ dbt {a['call']}", *lines, ""]))
    print(f"{name}: {len(ours) - different} of {len(ours)} equal")
    return different == 0


def compare_transcripts(dbt, nexus):
    theirs = kept("transcripts", dbt, lambda: transcripts(dbt))
    return compare_calls("transcripts", theirs, transcripts(nexus))


def compare_warnings(dbt, nexus, only="*"):
    equal = True
    for path in sorted((HERE / "projects").glob(f"{only}/warnings.txt")):
        project = path.parent
        # A project may have a way of its own to call dbt.
        own = project / "oracle.py"
        program = [Path(dbt).parent / "python", own] if own.is_file() else [dbt]
        theirs = kept("warnings", dbt, lambda: warnings(program, project), project)
        equal = compare_calls(f"warnings of {project.name}", theirs, warnings([nexus], project)) and equal
    return equal


# Prints every flag of every command as JSON: command, spellings, whether it takes a value, a choice.
LIST_FLAGS = """
import json, click
from dbt.cli.main import cli
def walk(command, path):
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from walk(command.commands[name], path + [name])
        if path:
            return
    for param in command.params:
        if isinstance(param, click.Option) and "--help" not in param.opts:
            kind = getattr(param.type, "choices", None)
            yield path, param.opts, param.secondary_opts, bool(param.is_flag), list(kind) if kind else None
print(json.dumps(list(walk(cli, []))))
"""
EXCLUSIVE = {"--inline", "--inline-direct", "--warn-error"}
VALUES = {
    "--printer-width": "70", "--log-file-max-bytes": "1", "--threads": "2", "--port": "8080", "--limit": "3",
    "--event-time-start": "2024-01-01", "--event-time-end": "2024-01-02", "--warn-error-options": "{}",
    "--vars": "{}", "--args": "{}", "--sqlparse": "{}", "--sample": "3 days", "--source": "hub",
}  # fmt: skip


def list_flags(dbt):
    python = Path(dbt).parent / "python"
    done = subprocess.run([python, "-c", LIST_FLAGS], env=environment(), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def compare_flags(dbt, nexus):
    """Calls nexus where there is no project: flags that are taken lead to that complaint, others to one of their own.

    All flags of a command are given at once, but for those that exclude each other; each alone where that fails."""
    by_command = {}
    for path, spellings, opposites, is_switch, choices in kept("flags", dbt, lambda: list_flags(dbt)):
        name = spellings[0]
        # These are for environment variables alone: dbt refuses them on the command line.
        if name.startswith("--deprecated") or name == "--version":
            continue
        for flag in filter(str.strip, [*spellings, *opposites]):
            words = [flag] if is_switch else [flag, (choices or [VALUES.get(name, "x")])[0]]
            by_command.setdefault(tuple(path), []).append(words)
    tried, refused = 0, []
    with tempfile.TemporaryDirectory() as empty:
        for path, flags in by_command.items():
            tried += len(flags)
            together = [words for words in flags if words[0] not in EXCLUSIVE]
            alone = [words for words in flags if words[0] in EXCLUSIVE]
            if fault(nexus, path, [word for words in together for word in words], empty):
                alone = flags
            for words in alone:
                if complaint := fault(nexus, path, words, empty):
                    refused.append(f"{' '.join([*path, *words])}\n  {complaint}")
    for line in refused:
        print(line)
    print(f"flags: {tried - len(refused)} of {tried} taken")
    return not refused


def fault(nexus, path, words, folder):
    """Returns what nexus says against flags, if it does; flags of no command stand before one."""
    operands = ["greet"] if path == ("run-operation",) else []
    command = [nexus, *path, *operands, *words] if path else [nexus, *words, "parse"]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    is_complaint = re.search(r"unexpected argument|invalid value|cannot be used|required arguments|N0701", done.stderr)
    return done.stderr.strip().splitlines()[0] if is_complaint else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nexus", required=True, help="the binary, under any name")
    parser.add_argument("--dbt", default=str(Path.home() / ".cache/nexus/dbt-oracle/bin/dbt"))
    parser.add_argument("--check", action="append", choices=CHECKS)
    parser.add_argument("--project", default="*", help="whose warnings are compared; all where none is named")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as named:
        nexus = Path(named) / "dbt"
        nexus.symlink_to(Path(args.nexus).resolve())
        checks = {"transcripts": compare_transcripts, "warnings": partial(compare_warnings, only=args.project), "flags": compare_flags}
        results = [checks[check](args.dbt, str(nexus)) for check in args.check or CHECKS]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
