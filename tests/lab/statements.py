#!/usr/bin/env python3
"""Reads SQL with sqlglot's parser of a database's language, so that a statement which that database would not take is
found without the database.

    tests/lab/statements.py --dialect snowflake [--sqlparser] PATH...

A PATH is a file of SQL, a folder (all .sql files below it: target/compiled, target/run), or a .jsonl file with a `sql`
a line, as tests/lab/snowflake writes of what it was sent. Run it with a Python that has sqlglot, such as
~/.cache/nexus/lab/snowflake/bin/python; the dialect is a database's name as profiles have it. With `--sqlparser` the
crate of that name reads everything too (tests/lab/parsers, built where it is not there yet). What is legal and a parser
does not know is listed in GAPS, with a text that only such statements have.

Prints the number of statements, how many of them sqlglot keeps as commands (known by their first words, not read in
whole), and each that it cannot read, with its place. Exits with 1 where there is one.
"""

import argparse
import contextlib
import io
import json
import logging
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError


HERE = Path(__file__).resolve().parent

# Parser, dialect, text: why the parser does not read statements with this text.
GAPS = {
    ("sqlparser", "duckdb", " ignore nulls)"): "nulls left out, said within the brackets of a window function",
    ("sqlparser", "bigquery", "` copy `"): "a table made as a copy of another",
}

# The crate knows raw literals for BigQuery only; for Databricks it gets a plain one in their place, and reads the rest.
RAW_LITERAL = re.compile(r"""(?<![\w'])r'[^']*'""")


def is_gap(parser, dialect, sql):
    return any((parser, dialect) == (p, d) and text in sql.lower() for p, d, text in GAPS)


def unread_by_crate(dialect, all_scripts):
    """The places of scripts that the crate `sqlparser` does not read, with its reason."""
    cache = Path(os.environ.get("NEXUS_CACHE") or Path.home() / ".cache/nexus")
    folder = cache / "lab/parsers"
    build = ["cargo", "build", "--quiet", "--locked", "--manifest-path", HERE / "parsers/Cargo.toml", "--target-dir", folder]
    subprocess.run([*map(str, build), "--config", "profile.dev.debug=false"], check=True)
    if dialect == "databricks":
        all_scripts = [(place, RAW_LITERAL.sub("'raw'", sql)) for place, sql in all_scripts]
    lines = "".join(json.dumps({"place": place, "sql": sql}) + "\n" for place, sql in all_scripts)
    done = subprocess.run(
        [folder / "debug/parsers", dialect], input=lines, stdout=subprocess.PIPE, text=True, check=True
    )
    return [(fault["place"], fault["error"]) for fault in map(json.loads, done.stdout.splitlines())]


def scripts(path):
    """Pairs of a place and its SQL."""
    if path.is_dir():
        for file in sorted(path.rglob("*.sql")):
            yield str(file), file.read_text(encoding="utf-8")
    elif path.suffix == ".jsonl":
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            sql = json.loads(line).get("sql")
            if sql:
                yield f"{path}:{number}", sql
    else:
        yield str(path), path.read_text(encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dialect", required=True, help="a database's name: duckdb, postgres, redshift, …")
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--sqlparser", action="store_true", help="read with the crate sqlparser too")
    arguments = parser.parse_args()
    # Commands are counted below, so sqlglot need not tell of each.
    logging.getLogger("sqlglot").setLevel(logging.ERROR)

    read, commands, faults, seen = 0, Counter(), [], {}
    for path in arguments.paths:
        if not path.exists():
            parser.error(f"{path} does not exist")
        for place, sql in scripts(path):
            if sql in seen:
                continue
            seen[sql] = place
            try:
                with contextlib.redirect_stderr(io.StringIO()):
                    trees = sqlglot.parse(sql, read=arguments.dialect, error_level=ErrorLevel.RAISE)
            except (SqlglotError, RecursionError) as error:
                if not is_gap("sqlglot", arguments.dialect, sql):
                    faults.append(f"{place}: sqlglot: {str(error).splitlines()[0][:300]}")
                continue
            for tree in filter(None, trees):
                read += 1
                if isinstance(tree, exp.Command):
                    words = f"{tree.this} {tree.expression}".split()
                    commands[" ".join(words[:2]).lower()] += 1
    gaps = 0
    if arguments.sqlparser:
        sql_of = {place: sql for sql, place in seen.items()}
        for place, error in unread_by_crate(arguments.dialect, list(sql_of.items())):
            if is_gap("sqlparser", arguments.dialect, sql_of[place]):
                gaps += 1
            else:
                faults.append(f"{place}: sqlparser: {error[:300]}")
    print(f"{read} statements of {arguments.dialect} read, {len(faults)} not, {gaps} in known gaps of a parser")
    for words, count in commands.most_common():
        print(f"  kept as a command: {words} ({count})")
    for fault in faults:
        print(f"  {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
