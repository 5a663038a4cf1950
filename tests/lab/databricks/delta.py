"""Does with Parquet tables what Delta tables do: replace, merge, delete, update, overwrite in parts.

Each change reads the table's rows, writes the rows that are to be to a folder beside, and puts them in the table's
place. The table keeps its name, columns, comments and properties.
"""

import shutil
import threading
import uuid
from pathlib import Path

import sqlglot
from sqlglot import exp

from statements import column_names, create, without_constraints, words

PARTITIONS = "lab.partition_columns"
QUERY = "lab.query"
KIND = "lab.kind"


class Refused(Exception):
    """What Delta would refuse, in its words."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def quoted(name):
    return "`" + name.replace("`", "``") + "`"


def renamed(sql):
    """The statement with the new name as Spark's own catalog wants it: without a catalog."""
    head, to, name = sql.rpartition(" to ")
    return head + to + name.replace("`spark_catalog`.", "").replace("spark_catalog.", "")


class Delta:
    """Changes tables for one statement, in its own session."""

    # One change at a time: each reads a table whole and replaces it.
    turn = threading.RLock()

    def __init__(self, session, folder):
        self.session = session
        self.folder = Path(folder) / "rewrites"

    def run(self, sql):
        """Runs the statement if Spark cannot; returns counts, or none where Spark is to run it itself."""
        found = words(sql)
        heads = [w.text.lower() for w in found[:4]]
        if not heads:
            return None
        with self.turn:
            made = create(sql)
            if made:
                return self.create(made)
            if heads[0] == "merge":
                return self.merge(sql)
            if heads[:2] == ["delete", "from"]:
                return self.delete(sql)
            if heads[0] == "update":
                return self.update(sql)
            if heads[0] == "alter" and " rename to " in " ".join(sql.lower().split()):
                return self.plain(renamed(" ".join(sql.split())))
            if heads[:2] == ["insert", "overwrite"]:
                return self.overwrite(sql, found)
            if heads[:2] == ["insert", "into"]:
                return self.insert(sql, found)
            if heads[:2] == ["truncate", "table"]:
                name = sql[found[2].start :].rstrip("; \n")
                return self.put(name, f"select * from {name} where false")
            if heads[0] == "refresh":
                return self.refresh(sql, found)
            if heads[0] == "drop" and heads[1] in ("materialized", "streaming"):
                return self.plain("drop table " + sql[found[3].start :])
        return None

    def plain(self, sql):
        self.session.sql(sql)
        return {}

    def columns(self, table):
        return self.session.table(table).columns

    def exists(self, table):
        return self.session.catalog.tableExists(table)

    def properties(self, table):
        rows = self.session.sql(f"show tblproperties {table}").collect()
        return {row.key: row.value for row in rows}

    def put(self, table, query, **counts):
        """Replaces the rows of a table by those of a query that may read the table."""
        path = self.folder / uuid.uuid4().hex
        try:
            rows = self.session.sql(query)
            rows.write.parquet(str(path))
            names = ", ".join(map(quoted, self.columns(table)))
            self.session.read.schema(rows.schema).parquet(str(path)).createOrReplaceTempView("lab_rewritten")
            self.session.sql(f"insert overwrite table {table} select {names} from lab_rewritten")
        finally:
            shutil.rmtree(path, ignore_errors=True)
        return counts

    def create(self, made):
        clauses = made.clauses
        if made.kind != "table" and made.if_absent and self.exists(made.name):
            return {}
        if self.exists(made.name):
            if made.if_absent:
                return {}
            if not made.replaces:
                return self.plain(f"create table {made.name} using parquet as select 1 as taken")
        source = next((clauses[c] for c in ("clone", "shallow", "deep") if c in clauses), None)
        query = f"select * from {source}" if source else made.query
        aside = f"{made.name.rsplit('.', 1)[0]}.lab_{uuid.uuid4().hex}" if "." in made.name else f"lab_{uuid.uuid4().hex}"
        properties = {PARTITIONS: ",".join(column_names(clauses["partitioned"]))} if "partitioned" in clauses else {}
        if made.kind != "table":
            properties |= {KIND: made.kind, QUERY: query}
        text = lambda value: "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
        given = clauses.get("tblproperties", "").strip()[1:-1].strip()
        listed = [*([given] if given else []), *(f"{text(k)} = {text(v)}" for k, v in properties.items())]
        declared = without_constraints(made.columns) if made.columns.startswith("(") else ""
        comment = f" comment {clauses['comment']}" if "comment" in clauses else ""
        tail = f" using parquet{comment}" + (f" tblproperties ({', '.join(listed)})" if listed else "")
        if declared and query:
            self.session.sql(f"create table {aside} {declared}{tail}")
            self.session.sql(f"insert into {aside} {query}")
        elif query:
            self.session.sql(f"create table {aside}{tail} as {query}")
        else:
            self.session.sql(f"create table {aside} {declared}{tail}")
        if self.exists(made.name):
            self.session.sql(f"drop table {made.name}")
        self.session.sql(renamed(f"alter table {aside} rename to {made.name}"))
        return {}

    def refresh(self, sql, found):
        table = sql[found[3].start :].rstrip("; \n") if found[1].is_one_of("materialized") else sql[found[2].start :].rstrip("; \n")
        query = self.properties(table).get(QUERY)
        return self.put(table, query) if query else None

    def tree(self, sql):
        return sqlglot.parse_one(sql, read="databricks")

    def delete(self, sql):
        tree = self.tree(sql)
        table, where = tree.this, tree.args.get("where")
        name = self.name(table)
        if where is None:
            return self.put(name, f"select * from {name} where false")
        rows = f"select {self.alias(table)}.* from {table.sql('databricks')} {where.sql('databricks')}"
        gone = self.session.sql(rows).count()
        return self.put(name, f"select * from {name} except all {rows}", num_affected_rows=gone)

    def update(self, sql):
        tree = self.tree(sql)
        table, where = tree.this, tree.args.get("where")
        name, alias = self.name(table), self.alias(table)
        changes = {e.this.name.lower(): e.expression.sql("databricks") for e in tree.expressions}
        values = ", ".join(
            f"cast({changes[c.lower()]} as {t}) as {quoted(c)}" if c.lower() in changes else f"{alias}.{quoted(c)}"
            for c, t in self.session.table(name).dtypes
        )
        condition = where.sql("databricks") if where is not None else ""
        source = f"from {table.sql('databricks')} {condition}"
        kept = f"select * from {name} except all select {alias}.* {source}"
        changed = self.session.sql(f"select 1 {source}").count()
        return self.put(name, f"({kept}) union all (select {values} {source})", num_affected_rows=changed)

    def insert(self, sql, found):
        """`insert into T replace where C query`, which Spark's Parquet tables have not."""
        at = next((i for i, w in enumerate(found) if w.is_one_of("replace")), None)
        if at is None or not found[at + 1].is_one_of("where", "using", "on"):
            return None
        start = 3 if found[2].is_one_of("table") else 2
        end = start
        while found[end + 1].text == ".":
            end += 2
        table = sql[found[start].start : found[end].end]
        begin = next(i for i in range(at + 2, len(found)) if found[i].is_one_of("select", "with", "table") )
        query = sql[found[begin].start :].rstrip().rstrip(";")
        condition = sql[found[at + 2].start : found[begin - 1].end]
        names = ", ".join(map(quoted, self.columns(table)))
        if found[at + 1].is_one_of("using"):
            keys = column_names(condition)
            match = " and ".join(f"lab_old.{quoted(k)} <=> lab_new.{quoted(k)}" for k in keys)
            kept = f"select * from {table} lab_old left anti join ({query}) lab_new on {match}"
        else:
            kept = f"select * from {table} except all select * from {table} where {condition}"
        return self.put(table, f"({kept}) union all select {names} from ({query})")

    def overwrite(self, sql, found):
        """`insert overwrite`, by partitions where the table has some."""
        start = 3 if found[2].is_one_of("table", "into") else 2
        end = start
        while found[end + 1].text == ".":
            end += 2
        table = sql[found[start].start : found[end].end]
        begin = next(i for i in range(end + 1, len(found)) if found[i].is_one_of("select", "with", "table", "values"))
        query = sql[found[begin].start :].rstrip().rstrip(";")
        columns = self.columns(table)
        given = self.session.sql(query)
        listed = [w.text.strip("`") for w in found[end + 1 : begin] if w.kind == "name" and not w.is_one_of("partition", "by", "name")]
        named = listed if listed and not any(w.is_one_of("partition") for w in found[end + 1 : begin]) else columns
        given.toDF(*named).createOrReplaceTempView("lab_given")
        names = ", ".join(map(quoted, columns))
        rows = f"select {names} from lab_given"
        keys = [k for k in self.properties(table).get(PARTITIONS, "").split(",") if k]
        if keys:
            match = " and ".join(f"lab_old.{quoted(k)} <=> lab_given.{quoted(k)}" for k in keys)
            rows += f" union all select {', '.join(f'lab_old.{quoted(c)}' for c in columns)} from {table} lab_old left anti join lab_given on {match}"
        return self.put(table, rows)

    @staticmethod
    def name(table):
        bare = table.copy()
        bare.set("alias", None)
        return bare.sql("databricks")

    @staticmethod
    def alias(table):
        return quoted(table.alias or table.name)

    def merge(self, sql):
        tree = self.tree(sql)
        Merge(self, tree).check()
        query, counts = Merge(self, tree).query()
        return self.put(self.name(tree.this), query, **counts)


class Merge:
    """A `merge` as a query for all rows that the table has afterwards."""

    def __init__(self, delta, tree):
        self.delta = delta
        self.table = Delta.name(tree.this)
        self.target = Delta.alias(tree.this)
        self.dtypes = delta.session.table(self.table).dtypes
        using = tree.args["using"]
        self.source = Delta.alias(using)
        body = using.copy()
        body.set("alias", None)
        self.body = body.sql("databricks")
        if isinstance(body, exp.Table):
            self.body = f"(select * from {self.body})"
        self.source_columns = delta.session.sql(f"select * from {self.body} limit 0").columns
        self.on = tree.args["on"].sql("databricks")
        self.whens = tree.args["whens"].expressions
        self.joined = (
            f"(select *, monotonically_increasing_id() as lab_row from {self.table}) {self.target} "
            f"left join (select *, true as lab_there from {self.body}) {self.source} on {self.on}"
        )

    def action(self):
        """What becomes of a joined row: `u0`, `d1` (the clause's number), or `k` where it stays."""
        matched, unmatched = [], []
        for number, when in enumerate(self.whens):
            if not when.args.get("matched") and not when.args.get("source"):
                continue
            deletes = isinstance(when.args["then"], exp.Var) and when.args["then"].name.lower() == "delete"
            condition = when.args.get("condition")
            text = condition.sql("databricks") if condition is not None else "true"
            arms = matched if when.args.get("matched") else unmatched
            arms.append(f"when {text} then '{'d' if deletes else 'u'}{number}'")
        case = lambda arms: f"case {' '.join(arms)} else 'k' end" if arms else "'k'"
        return f"if({self.source}.lab_there, {case(matched)}, {case(unmatched)})"

    def check(self):
        rows = self.delta.session.sql(
            f"select 1 from (select lab_row, {self.action()} as lab_action, {self.source}.lab_there as lab_there from {self.joined}) "
            "where lab_there and lab_action <> 'k' group by lab_row having count(*) > 1 limit 1"
        )
        if rows.collect():
            raise Refused(
                "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE",
                "Cannot perform Merge as multiple source rows matched and attempted to modify the same target row",
            )

    def updates(self, when):
        """The new values by column, of one `update` clause."""
        then = when.args["then"]
        given = then.args.get("expressions")
        if not given or any(isinstance(e, exp.Star) for e in (given if isinstance(given, list) else [given])):
            there = {c.lower() for c in self.source_columns}
            return {c.lower(): f"{self.source}.{quoted(c)}" for c, _ in self.dtypes if c.lower() in there}
        return {e.this.name.lower(): e.expression.sql("databricks") for e in given}

    def query(self):
        ours = [n for n, w in enumerate(self.whens) if w.args.get("matched") or w.args.get("source")]
        changes = {
            n: self.updates(self.whens[n])
            for n in ours
            if not (isinstance(self.whens[n].args["then"], exp.Var) and self.whens[n].args["then"].name.lower() == "delete")
        }
        values = []
        for column, kind in self.dtypes:
            arms = [f"when 'u{n}' then cast({c[column.lower()]} as {kind})" for n, c in changes.items() if column.lower() in c]
            plain = f"{self.target}.{quoted(column)}"
            value = f"case lab_action {' '.join(arms)} else {plain} end" if arms else plain
            values.append(f"{value} as {quoted(column)}")
        names = ", ".join(quoted(c) for c, _ in self.dtypes)
        first = "row_number() over (partition by lab_row order by lab_action = 'k') as lab_number"
        inner = ", ".join(values).replace("lab_action", f"({self.action()})")
        kept = (
            f"select {names} from (select *, {first} from "
            f"(select {inner}, lab_row, {self.action()} as lab_action from {self.joined})) "
            "where lab_number = 1 and lab_action not like 'd%'"
        )
        return " union all ".join([kept, *self.inserts()]), {}

    def inserts(self):
        taken = []
        for when in self.whens:
            then = when.args["then"]
            if not isinstance(then, exp.Insert):
                continue
            condition = when.args.get("condition")
            text = condition.sql("databricks") if condition is not None else "true"
            before = "".join(f" and not coalesce({t}, false)" for t in taken)
            taken.append(text)
            if isinstance(then.this, exp.Star) or then.this is None:
                there = {c.lower() for c in self.source_columns}
                given = {c.lower(): f"{self.source}.{quoted(c)}" for c, _ in self.dtypes if c.lower() in there}
            else:
                columns = [c.name.lower() for c in then.this.expressions]
                given = dict(zip(columns, (v.sql("databricks") for v in then.expression.expressions)))
            values = ", ".join(f"cast({given.get(c.lower(), 'null')} as {t}) as {quoted(c)}" for c, t in self.dtypes)
            yield (
                f"select {values} from (select * from {self.body} {self.source} "
                f"left anti join {self.table} {self.target} on {self.on}) {self.source} where {text}{before}"
            )
