# Runs one model in Python with a DuckDB of its own. Questions go out on stdout and answers come in on stdin, one JSON
# value a line; what the model prints goes to stderr. Nothing secret stands in the arguments: all comes with the job.
import importlib.util
import json
import os
import sys
import traceback

answers = os.fdopen(os.dup(0), encoding="utf-8")
questions = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)


def say(what, **details):
    questions.write(json.dumps({"say": what, **details}) + "\n")
    questions.flush()


def name(text):
    return '"' + text.replace('"', '""') + '"'


def text(value):
    return "'" + value.replace("'", "''") + "'"


def place(error, path):
    """The last line of the model that took part in the error."""
    if isinstance(error, SyntaxError) and error.filename == path:
        return error.lineno, error.offset
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    if not own:
        return None, None
    column = getattr(own[-1], "colno", None)
    return own[-1].lineno, None if column is None else column + 1


class Database:
    """The memory in which the model works, and the file that takes its result."""

    def __init__(self, job):
        self.job = job
        self.home = f"{name(job['database'])}.{name(job['schema'])}"
        self.loaded = {}
        self.main = duckdb.connect(":memory:", config=job["options"])
        for load, install in job["extensions"]:
            try:
                self.main.execute(load)
            except duckdb.Error:
                self.main.execute(install)
                self.main.execute(load)
        for statement in job["secrets"]:
            self.main.execute(statement)
        self.main.execute(f"attach {text(job['result'])} as {name(job['database'])}")
        self.main.execute(f"create schema if not exists {self.home}")
        self.prepare(self.main)
        if job["this"]:
            this = job["this"]
            schema = f"{name(job['database'])}.{name(this['schema'])}"
            self.main.execute(f"create schema if not exists {schema}")
            self.main.execute(f"create view {schema}.{name(this['name'])} as from {self.attach(this['file'])}")

    def prepare(self, connection):
        for statement in self.job["settings"]:
            connection.execute(statement)
        connection.execute(f"use {self.home}")

    def attach(self, file):
        inside = f"nexus_parent_{len(self.loaded) + 1}"
        self.loaded[file] = inside
        self.main.execute(f"attach {text(file)} as {inside} (read_only)")
        return f"{inside}.main.parent"

    def load(self, table):
        """Serves `dbt.ref` and `dbt.source`: the rows come as a file when they are first asked for."""
        if table not in self.loaded:
            say("load", table=table)
            answer = json.loads(answers.readline())
            if "error" in answer:
                raise duckdb.Error(answer["error"])
            self.loaded[table] = self.attach(answer["file"])
        return self.main.query(f"select * from {self.loaded[table]}")

    def tables(self, connection):
        rows = connection.execute(
            "select schema_name, table_name, temporary from duckdb_tables() where temporary or database_name = ?",
            [self.job["database"]],
        ).fetchall()
        return {(schema, table, temporary) for schema, table, temporary in rows}

    def build(self, module):
        frame = module.model(module.dbtObj(self.load), self.main)
        connection = self.main
        if not isinstance(frame, duckdb.DuckDBPyRelation):
            # A frame may read from the first connection while the table is written.
            connection = self.main.cursor()
            self.prepare(connection)
        before = self.tables(connection)
        module.materialize(frame, connection)
        made = []
        for schema, table, temporary in sorted(self.tables(connection) - before):
            kept = f"{name(self.job['database'])}.{name(schema)}.{name(table)}"
            if temporary:
                connection.execute(f"create table {kept} as from temp.{name(schema)}.{name(table)}")
            made.append({"schema": schema, "name": table, "temporary": temporary})
        connection.close()
        self.main.close()
        return made


def run(job):
    spec = importlib.util.spec_from_file_location(job["name"], job["model"])
    try:
        database = Database(job)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        made = database.build(module)
    except BaseException as error:
        line, column = place(error, job["model"])
        kind = type(error).__name__
        shown = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        say("failed", kind=kind, message=str(error), trace=shown, line=line, column=column)
        return
    say("made", tables=made)


try:
    import duckdb
except ImportError as error:
    say("no_module", why=str(error), python=sys.executable)
else:
    run(json.loads(answers.readline()))
sys.stdout.flush()
sys.stderr.flush()
