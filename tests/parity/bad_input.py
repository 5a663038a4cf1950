#!/usr/bin/env python3
"""Runs dbt-core on the cases of tests/bad_input and says where a recorded exit code is not the one that dbt ends with.

    tests/parity/bad_input.py [TOPIC...]          # run with the Python of ~/.cache/nexus/dbt-oracle/bin

dbt is imported once; each case runs in a fork of its own, which takes half a second.

Exit status: 0 all codes are dbt's, 1 some are not.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

CASES = Path(__file__).resolve().parent.parent / "bad_input"


def read(topic):
    """Returns the cases of a topic as (name, arguments, code, files); what stands before the first has no name."""
    cases = [["", [], None, {}]]
    content = None
    for line in (CASES / f"{topic}.txt").read_text().splitlines():
        if line.startswith("== "):
            cases.append([line[3:], [], None, {}])
            content = None
        elif line.startswith("--- "):
            content = cases[-1][3].setdefault(line[4:], [])
        elif content is not None:
            content.append(line)
        elif line.startswith("$ "):
            cases[-1][1] = [a or b for a, b in re.findall(r"'([^']*)'|(\S+)", line[2:])]
        elif line.startswith("dbt "):
            cases[-1][2] = int(line[4:])
    for lines in (lines for case in cases for lines in case[3].values()):
        while len(lines) > 1 and not lines[-1]:
            lines.pop()
    return cases


def as_bytes(line):
    parts = line.split("\\x")
    return parts[0].encode() + b"".join(bytes([int(p[:2], 16)]) + p[2:].encode() for p in parts[1:])


def lay(files, folder):
    for path, lines in files.items():
        place = Path(folder, path)
        if lines == ["(absent)"]:
            place.unlink()
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"".join(as_bytes(line) + b"\n" for line in lines))


def run(arguments, folder):
    """Runs dbt in a fork and returns its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        os.chdir(folder)
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
        os.environ.clear()
        os.environ.update(kept, HOME=folder, DBT_PROFILES_DIR=folder, DBT_SEND_ANONYMOUS_USAGE_STATS="false")
        from dbt.cli.main import cli

        cli(arguments)
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else 0
    finally:
        os._exit(code)


def main():
    import dbt.cli.main  # noqa: F401
    import dbt.parser.manifest  # noqa: F401
    import dbt.task.build  # noqa: F401

    base = read("base")[0][3]
    topics = sys.argv[1:] or sorted(p.stem for p in CASES.glob("*.txt") if p.stem != "base")
    wrong = 0
    for topic in topics:
        cases = read(topic)[1:]
        for name, arguments, recorded, files in cases:
            with tempfile.TemporaryDirectory(prefix="bad-input-") as folder:
                lay(base, folder)
                lay(files, folder)
                code = run(arguments, folder)
            if code != recorded:
                wrong += 1
                print(f"{topic}: {name}: recorded {recorded}, dbt ends with {code}")
        print(f"{topic}: {len(cases)} cases")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
