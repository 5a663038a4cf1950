#!/usr/bin/env python3
"""Finds what Redshift refuses in SQL files: each statement must be read by sqlglot as Redshift's, and hold none of the
functions and forms below, which PostgreSQL has and Redshift's documentation lists as not there.

    refusals.py FOLDER…

Prints each finding with its file and the reason; exits with 1 where there is one, or where no file was found.
"""

import sys
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.tokens import TokenType

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
    ("collate", "c"): "a collation of single expressions",
}
OPERATORS = {"#>", "#>>", "@>", "<@", "->", "->>", "?|", "?&"}


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
        for with_ in statement.find_all(exp.With):
            if with_.args.get("recursive"):
                for cte in with_.expressions:
                    refers = any(table.name == cte.alias for table in cte.this.find_all(exp.Table))
                    if refers and not (cte.args.get("alias") and cte.args["alias"].columns):
                        yield 0, f"the recursive expression {cte.alias} needs a list of columns"
                    if refers and isinstance(cte.this, exp.Union) and cte.this.args.get("distinct"):
                        yield 0, f"the recursive expression {cte.alias} needs `union all`"
        for kind in statement.find_all(exp.DataType):
            if kind.this == exp.DataType.Type.ARRAY:
                yield 0, "arrays are not there"


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
