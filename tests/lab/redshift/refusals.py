#!/usr/bin/env python3
"""Finds what Redshift refuses in SQL files: each statement must be read by sqlglot as Redshift's, call only functions
that Redshift's documentation lists (functions.txt), and hold none of the forms below, which PostgreSQL has.

    refusals.py FOLDER…

Prints each finding with its file and the reason; exits with 1 where there is one, or where no file was found.
"""

import logging
import sys
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.tokens import TokenType

# Statements that sqlglot keeps as commands are read token by token all the same.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

# Functions by name, with what takes their place.
FUNCTIONS = {
    "string_agg": "listagg",
    "array_agg": "listagg, or super values",
    "generate_series": "a table of numbers",
    "unnest": "super values",
    "to_regclass": "the catalog",
    "gen_random_uuid": "a hash",
    "jsonb_array_elements": "super values",
    "jsonb_array_elements_text": "super values",
    "jsonb_typeof": "json_extract_path_text",
    "json_build_object": "object()",
    "format": "||",
    "xmlagg": "listagg",
    "percentile_disc_agg": "percentile_disc",
    "make_date": "to_date",
    "make_timestamp": "arithmetic on timestamps",
    "to_json": "json_serialize",
    "regexp_match": "regexp_substr",
    "regexp_matches": "regexp_count",
    "regexp_split_to_table": "split_part",
    "isfinite": "a comparison",
    "now": "getdate",
    "array_to_string": "listagg",
}
# Sequences of words, lower case.
FORMS = {
    ("cross", "join", "lateral"): "lateral joins",
    ("left", "join", "lateral"): "lateral joins",
    ("on", "conflict"): "`on conflict`",
    ("distinct", "on"): "`distinct on`",
    ("create", "table", "if", "not", "exists", "as"): "`create table if not exists … as`",
    ("create", "index"): "indexes",
    ("create", "unlogged"): "unlogged tables",
    ("filter", "(", "where"): "`filter (where …)`",
    ("is", "distinct", "from"): "`is distinct from`",
    ("is", "not", "distinct", "from"): "`is not distinct from`",
    ("is", "json"): "`is json`",
    ("::", "jsonb"): "the type jsonb",
    ("as", "jsonb"): "the type jsonb",
    ("collate", "c"): "collations of single expressions",
    # Its catalog is that of PostgreSQL 8.
    ("relpersistence",): "the catalog's words for temporary relations",
    ("pg_matviews",): "the catalog's materialized views",
}
# What asks the leader node only, and is refused where a table is read.
LEADER = {"current_timestamp", "localtimestamp", "current_time", "localtime"}
# Aggregates that need a frame where a window has an order.
FRAMED = (exp.Avg, exp.Count, exp.Max, exp.Min, exp.Sum, exp.FirstValue, exp.LastValue, exp.Stddev, exp.Variance)
OPERATORS = {"#>", "#>>", "@>", "<@", "->", "->>", "?|", "?&"}

KNOWN = set(Path(__file__).with_name("functions.txt").read_text().split("#")[0].split())
# Words before a bracket that call nothing.
NO_CALLS = set(
    "and any all array as asc between by cast case desc distinct else end except exists extract filter from full group "
    "having in inner insert intersect into is join left like limit nothing not null on or order over partition right "
    "select set some table then union update using values when where with minus merge ilike similar to escape "
    "interleaved compound sortkey distkey key references check unique primary default diststyle char character varchar "
    "varying nchar nvarchar bpchar text numeric decimal varbyte varbinary timestamp time float precision double bigint "
    "integer int smallint date boolean super recursive encode add column within qualify".split()
)


def words_of(text):
    tokens = sqlglot.tokenize(text, read="redshift")
    return [(token.text.lower(), token.token_type, token.line) for token in tokens]


def findings(text):
    """Yields line and reason of each thing that Redshift refuses."""
    words = words_of(text)
    for index, (word, kind, line) in enumerate(words):
        if kind == TokenType.STRING:
            continue
        following = words[index + 1][0] if index + 1 < len(words) else ""
        if word in FUNCTIONS and following == "(":
            yield line, f"the function {word} is not there; use {FUNCTIONS[word]}"
        elif is_call(words, index) and word not in KNOWN:
            yield line, f"the function {word} is none of Redshift's"
        if word in LEADER and kind != TokenType.IDENTIFIER:
            yield line, f"{word} is of the leader node; use getdate()"
        if word in OPERATORS:
            yield line, f"the operator {word} is not there"
        for form, reason in FORMS.items():
            if tuple(w for w, _, _ in words[index:index + len(form)]) == form:
                yield line, f"{reason} are not there"
    try:
        statements = sqlglot.parse(text, read="redshift")
    except sqlglot.errors.ParseError as error:
        yield error.errors[0].get("line", 0) if error.errors else 0, f"sqlglot cannot read it: {str(error).splitlines()[0]}"
        return
    for statement in filter(None, statements):
        for reason in refused_in(statement):
            yield 0, reason


def is_call(words, index):
    """Whether a name before a bracket is a function's: not a table's with its columns, nor a word of the language."""
    word, kind, _ = words[index]
    if index + 1 >= len(words) or words[index + 1][0] != "(" or kind == TokenType.IDENTIFIER:
        return False
    if not word.isidentifier() or word in NO_CALLS:
        return False
    before = words[index - 1][0] if index else ""
    # `insert into t (…)`, `create table t (…)`, `with t (…) as`, `references t (…)`, `… as t (…)`, `on t (…)`, `f() t (…)`
    if before in (")", "into", "table", "references", "as", "on", ".", "recursive", "with", "exists", "column", "to"):
        return False
    # A further expression of `with` that names its columns: `), t (a, b) as (`
    return not (before == "," and follows_with_as(words, index + 1))


def follows_with_as(words, index):
    depth = 0
    for at in range(index, len(words)):
        depth += (words[at][0] == "(") - (words[at][0] == ")")
        if depth == 0:
            return [w for w, _, _ in words[at + 1 : at + 3]] == ["as", "("]
    return False


def refused_in(statement):
    """Yields what Redshift refuses in a statement that sqlglot has read."""
    for window in statement.find_all(exp.Window):
        called = window.this.this if isinstance(window.this, (exp.IgnoreNulls, exp.RespectNulls)) else window.this
        frame = window.args.get("spec")
        if isinstance(called, FRAMED) and window.args.get("order") and not frame:
            yield f"the window of {called.sql_name().lower()} has an order and so needs a frame (`rows …`)"
        if frame and str(frame.args.get("kind")).lower() != "rows":
            yield "frames go by rows only"
        if isinstance(called, exp.Count) and isinstance(called.this, exp.Distinct):
            yield "`count(distinct …)` has no window"
    for values in statement.find_all(exp.Values):
        if not isinstance(values.parent, (exp.Insert, exp.When, exp.Merge)):
            yield "`values` makes no table; use `select … union all`"
    for concat in statement.find_all(exp.Concat):
        if len(concat.expressions) > 2:
            yield "concat takes two texts; use ||"
    for with_ in statement.find_all(exp.With):
        if with_.args.get("recursive"):
            for cte in with_.expressions:
                refers = any(table.name == cte.alias for table in cte.this.find_all(exp.Table))
                if refers and not (cte.args.get("alias") and cte.args["alias"].columns):
                    yield f"the recursive expression {cte.alias} needs a list of columns"
                if refers and isinstance(cte.this, exp.Union) and cte.this.args.get("distinct"):
                    yield f"the recursive expression {cte.alias} needs `union all`"
    for kind in statement.find_all(exp.DataType):
        if kind.this == exp.DataType.Type.ARRAY:
            yield "arrays are not there"


def main():
    files = sorted(path for folder in sys.argv[1:] for path in Path(folder).rglob("*.sql"))
    found = 0
    for path in files:
        for line, reason in sorted(set(findings(path.read_text()))):
            found += 1
            print(f"{path}:{line}: {reason}")
    print(f"{len(files)} files, {found} findings")
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main())
