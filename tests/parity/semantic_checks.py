#!/usr/bin/env python3
"""Compares what dbt and nexus make of semantic layers that are wrong in one place each.

`semantic_checks/cases.json` lists changes of texts in the project `semantic_forms`. Both programs parse the changed project;
compared are success or failure, and whether there were warnings of the semantic layer. dbt's answers are kept under
~/.cache/nexus/oracle, by the content of cases and project.

  semantic_checks.py --nexus NEXUS --dbt DBT [--case NAME] [--show]

Exit status: 0 equal, 1 different, 2 the comparison itself failed.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE / "projects/semantic_forms"
CASES = HERE / "semantic_checks/cases.json"
CACHE = Path(os.environ.get("NEXUS_CACHE") or Path.home() / ".cache" / "nexus")
PROCEDURE = "1"
# Run by the oracle's python: parses the folders given and says how each ended.
PARSE = r"""
import json, sys
from dbt.cli.main import dbtRunner
answers = {}
for name, folder in json.loads(sys.argv[1]).items():
    events = []
    runner = dbtRunner(callbacks=[lambda event: events.append((event.info.name, event.info.level, event.info.msg))])
    where = ["--project-dir", folder, "--profiles-dir", folder, "--target-path", folder + "/target", "--log-path", folder + "/logs"]
    done = runner.invoke(["--quiet", "--no-partial-parse", "parse", *where])
    said = [(level, msg) for event, level, msg in events if event == "SemanticValidationFailure"]
    answers[name] = {"success": done.success, "warnings": sum(level == "warn" for level, _ in said) if done.success else 0,
                     "said": [msg for _, msg in said] + ([] if done.success else [str(done.exception)])}
json.dump(answers, open(sys.argv[2], "w"))
"""


def changed(folder, files, change):
    """Copies the project with the changes made."""
    shutil.copytree(PROJECT, folder)
    for before, after in change:
        for name in files:
            text = (folder / name).read_text()
            if before in text:
                (folder / name).write_text(text.replace(before, after, 1))
                break
        else:
            sys.exit(f"semantic_checks.py: not in the project: {before!r}")


def environment():
    return {**os.environ, "NEXUS_TEST_DB": ":memory:", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}


def ask_oracle(python, given):
    digest = hashlib.sha256(PROCEDURE.encode() + CASES.read_bytes())
    for path in sorted(p for p in PROJECT.rglob("*") if p.is_file() and "target" not in p.parts):
        digest.update(path.read_bytes())
    kept = CACHE / "oracle" / f"semantic_checks-{digest.hexdigest()[:24]}.json"
    if kept.exists():
        return json.loads(kept.read_text())
    with tempfile.TemporaryDirectory(prefix="semantic-checks-") as scratch:
        folders = {}
        for number, case in enumerate(given["cases"]):
            folder = Path(scratch) / f"case{number}"
            changed(folder, given["files"], case["change"])
            folders[case["name"]] = str(folder)
        out = Path(scratch) / "answers.json"
        done = subprocess.run([str(python), "-c", PARSE, json.dumps(folders), str(out)], env=environment(), cwd=scratch,
                              capture_output=True, text=True, check=False)
        if not out.exists():
            print(f"semantic_checks.py: dbt gave no answer:\n{(done.stdout + done.stderr)[-3000:]}", file=sys.stderr)
            sys.exit(2)
        answers = json.loads(out.read_text())
    kept.parent.mkdir(parents=True, exist_ok=True)
    fresh = kept.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(answers))
    fresh.rename(kept)
    return answers


def ask_nexus(nexus, given, case):
    with tempfile.TemporaryDirectory(prefix="semantic-checks-") as scratch:
        folder = Path(scratch) / "project"
        changed(folder, given["files"], case["change"])
        done = subprocess.run([str(nexus), "--no-use-colors", "parse", "--profiles-dir", "."], cwd=folder, env=environment(),
                              capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
    success = done.returncode == 0
    warnings = len(re.findall(r"warning\[N0218\]", said)) if success else 0
    return {"success": success, "warnings": warnings, "said": [said], "status": done.returncode}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nexus", type=Path, required=True)
    parser.add_argument("--dbt", type=Path, default=CACHE / "dbt-oracle/bin/dbt")
    parser.add_argument("--case")
    parser.add_argument("--show", action="store_true", help="print what both said")
    args = parser.parse_args()
    given = json.loads(CASES.read_text())
    theirs = ask_oracle(args.dbt.parent / "python", given)
    wrong = 0
    cases = [case for case in given["cases"] if args.case in (None, case["name"])]
    for case in cases:
        left, right = theirs[case["name"]], ask_nexus(args.nexus.resolve(), given, case)
        same = all(left[key] == right[key] for key in ("success", "warnings")) and right["status"] in (0, 2)
        wrong += not same
        if not same or args.show:
            print(f"=== {case['name']}: " + ("equal" if same else "DIFFERENT"))
            for who, answer in (("dbt", left), ("nexus", right)):
                print(f"{who}: " + ", ".join(f"{key} {answer[key]}" for key in ("success", "warnings")))
                print("\n".join("    " + line for said in answer["said"] for line in said.splitlines()))
    print(f"{len(cases)} cases, {wrong} different")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
