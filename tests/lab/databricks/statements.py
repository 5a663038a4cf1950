"""Takes SQL statements apart by their words, and writes those of Databricks in Spark's own terms."""

import re
from dataclasses import dataclass, field

WORD = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
      | (?P<text>[rR]?'(?:[^'\\]|\\.|'')*'|[rR]?"(?:[^"\\]|\\.|"")*")
      | (?P<name>`(?:[^`]|``)*`|[^\W\d]\w*)
      | (?P<other>\d[\w.]*|.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass
class Word:
    kind: str
    text: str
    start: int
    end: int

    def is_one_of(self, *words):
        return self.kind == "name" and self.text.lower() in words


def words(sql):
    """The words of a statement without space and comments."""
    return [
        Word(m.lastgroup, m.group(), m.start(), m.end()) for m in WORD.finditer(sql) if m.lastgroup != "space"
    ]


def with_catalog(sql, catalog):
    """The statement with the lab's catalog named as Spark names its own."""
    found, out, at = words(sql), [], 0
    for word, after in zip(found, found[1:] + [None]):
        bare = word.text.strip("`").lower()
        qualifies = after is not None and after.text == "."
        if word.kind == "name" and bare == catalog and (qualifies or word is found[-1]):
            out += [sql[at : word.start], "spark_catalog"]
            at = word.end
    return "".join([*out, sql[at:]])


@dataclass
class Create:
    """`create table` of any kind, by its clauses."""

    kind: str
    name: str
    replaces: bool = False
    if_absent: bool = False
    columns: str = ""
    query: str = ""
    clauses: dict = field(default_factory=dict)


# Words that begin a clause, and how many words belong to its name.
CLAUSES = {
    "using": 1, "partitioned": 2, "cluster": 2, "clustered": 2, "location": 1, "comment": 1, "tblproperties": 1,
    "options": 1, "with": 1, "schedule": 1, "shallow": 2, "deep": 2, "clone": 1, "trigger": 1,
}  # fmt: skip
KINDS = ("table", "view", "materialized", "streaming")


def create(sql):
    """The statement as a `Create`; none where it is something else, or a plain view."""
    found = words(sql)
    if not found or not found[0].is_one_of("create"):
        return None
    at = 1
    statement = Create("", "")
    if found[at].is_one_of("or") and found[at + 1].is_one_of("replace", "refresh"):
        statement.replaces = True
        at += 2
    if not found[at].is_one_of("table", "materialized", "streaming"):
        return None
    statement.kind = found[at].text.lower()
    at += 1 if statement.kind == "table" else 2
    if found[at].is_one_of("if"):
        statement.if_absent = True
        at += 3
    start = found[at].start
    while at + 1 < len(found) and found[at + 1].text == ".":
        at += 2
    statement.name = sql[start : found[at].end]
    read_clauses(sql, found, at + 1, statement)
    return statement


def read_clauses(sql, found, at, statement):
    """Reads the column list, the clauses, and the query that ends the statement."""
    clause, start, depth = "columns", None, 0
    while at < len(found):
        word = found[at]
        if word.text == "(":
            depth += 1
        elif word.text == ")":
            depth -= 1
        starts_query = word.is_one_of("as") or (word.is_one_of("select") and clause != "columns")
        begins = word.is_one_of(*CLAUSES) or starts_query or word.is_one_of("shallow", "deep")
        if depth == 0 and word.text != ")" and begins and not (clause == "comment" and start == word.start):
            keep(sql, found, clause, start, at, statement)
            if starts_query:
                statement.query = sql[found[at + 1 if word.is_one_of("as") else at].start :].rstrip().rstrip(";")
                return
            clause = word.text.lower()
            at += CLAUSES[clause]
            start = found[at].start if at < len(found) else None
            continue
        if start is None:
            start = word.start
        at += 1
    keep(sql, found, clause, start, len(found), statement)


def keep(sql, found, clause, start, at, statement):
    if start is None:
        return
    text = sql[start : found[at - 1].end].strip().rstrip(";").strip()
    if clause == "columns":
        statement.columns = text
    else:
        statement.clauses[clause] = text


def column_names(text):
    """The names in `(a, b)` or `(a string, b int)`."""
    out, depth, fresh = [], 0, False
    for word in words(text):
        if word.text in "([<{":
            depth += 1
            fresh = depth == 1
        elif word.text in ")]>}":
            depth -= 1
        elif word.text == "," and depth == 1:
            fresh = True
        elif fresh:
            out.append(word.text.strip("`"))
            fresh = False
    return out


def without_constraints(columns):
    """The column list without keys and checks, which the lab keeps no watch over."""
    inner, parts, depth, start = columns.strip()[1:-1], [], 0, 0
    for word in words(inner):
        depth += (word.text in "([") - (word.text in ")]")
        if word.text == "," and depth == 0:
            parts.append(inner[start : word.start])
            start = word.end
    parts.append(inner[start:])
    kept = []
    for part in parts:
        head = words(part)
        if not head or head[0].is_one_of("constraint", "primary", "foreign", "check"):
            continue
        key = next((i for i, w in enumerate(head) if i > 1 and w.is_one_of("primary", "references", "mask", "constraint")), None)
        kept.append(part[: head[key].start] if key else part)
    return f"({', '.join(p.strip() for p in kept)})"
