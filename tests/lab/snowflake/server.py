#!/usr/bin/env python3
"""Serves fakesnow (Snowflake's wire protocol over DuckDB) on a free port of loopback, for snowflake.sh.

    server.py DIR

Writes DIR/port when it answers, and each statement that comes in as a line of DIR/statements.jsonl, so that a test can
see what was sent. Statements of NOTHING_TO_DO change nothing that DuckDB has; fakesnow has no translation for them, so
they succeed without effect, after sqlglot's parser of Snowflake's language has read them. What Snowflake refuses and
DuckDB takes is refused here: see REFUSALS. README.md tells of each.
"""

import json
import logging
import os
import re
import sys
import threading
import time
from pathlib import Path

import fakesnow.arrow
import fakesnow.server
import fakesnow.transforms
import pyarrow as pa
import pyarrow.compute as pc
import snowflake.connector.errors
import sqlglot
import uvicorn
from fakesnow.cursor import FakeSnowflakeCursor
from sqlglot import exp

NOTHING_TO_DO = [
    r"alter session (set|unset) query_tag\b",
    r"use warehouse\b",
    r"alter table \S+ cluster by\b",
    r"alter table \S+ resume recluster\b",
    r"(create (or replace )?(transient )?|alter |drop )dynamic table\b",
    r"comment on (view|dynamic table)\b",
    r"alter (table|view) \S+ alter\s.*\bcomment \$\$(?s:.*)",
    r"grant\b",
    r"revoke\b",
]


# DuckDB has temporary relations in a catalog of their own only, where a name with a schema is not allowed.
TEMPORARY = re.compile(r"^(\s*create or replace\s+)temporary\s+(?=table |view )", re.IGNORECASE)


# What `show grants` answers where nothing is granted.
NO_GRANTS = (
    'select * from (select \'\' as "privilege", \'\' as "granted_to", \'\' as "grantee_name") where "privilege" is null'
)


def refused(message):
    return snowflake.connector.errors.ProgrammingError(msg=message, errno=2040, sqlstate="42601")


def recursive_union(tree):
    """Snowflake's recursive queries take `union all` only, and must give their columns names or all of them."""
    for clause in tree.find_all(exp.With):
        if not clause.args.get("recursive"):
            continue
        for query in clause.expressions:
            body = query.this
            is_recursive = any(table.name.lower() == query.alias.lower() for table in body.find_all(exp.Table))
            if is_recursive and (not isinstance(body, exp.Union) or body.args.get("distinct")):
                raise refused(f"Anchor and recursive term of '{query.alias}' must be joined by UNION ALL.")


REFUSALS = [recursive_union]


class Watched:
    """The server seen from outside: it can be busy for a while, notes aborted statements, and ends when nobody asks.

    While DIR/unavailable holds a number above zero, a statement is answered with the status 503 and the number goes
    down by one. NEXUS_LAB_IDLE is how many seconds without a request end the server; it stays where that is not set.
    """

    def __init__(self, app, folder, log, lock):
        self.app, self.folder, self.log, self.lock = app, folder, log, lock
        self.asked = time.monotonic()
        idle = float(os.environ.get("NEXUS_LAB_IDLE") or 0)
        if idle:
            threading.Thread(target=self.end_when_idle, args=[idle], daemon=True).start()

    def end_when_idle(self, idle):
        while time.monotonic() - self.asked < idle:
            time.sleep(1)
        os._exit(0)

    def is_unavailable(self):
        file = self.folder / "unavailable"
        with self.lock:
            left = int(file.read_text() or 0) if file.exists() else 0
            if left > 0:
                file.write_text(str(left - 1))
            return left > 0

    async def __call__(self, scope, receive, send):
        self.asked = time.monotonic()
        path = scope.get("path", "")
        if path.endswith("/abort-request"):
            with self.lock:
                self.log.write(json.dumps({"aborted": True}) + "\n")
        if path.endswith("/query-request") and self.is_unavailable():
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await self.app(scope, receive, send)
        self.asked = time.monotonic()


def moments(times):
    """fakesnow's structure of a moment, in which a null is a null as a whole and not its parts."""
    parts = MOMENTS(times)
    nulls = pc.is_null(times.combine_chunks() if isinstance(times, pa.ChunkedArray) else times)
    return pa.StructArray.from_buffers(
        parts.type,
        len(parts),
        [pc.invert(nulls).buffers()[1]],
        children=[pc.fill_null(part, 0) for part in parts.flatten()],
    )


MOMENTS = fakesnow.arrow.timestamp_to_sf_struct
fakesnow.arrow.timestamp_to_sf_struct = moments


def without_definitions(tree):
    """A table from a query whose columns are defined as well, without the definitions: DuckDB takes either."""
    if isinstance(tree, exp.Create) and isinstance(tree.this, exp.Schema) and tree.expression and tree.kind == "TABLE":
        tree.set("this", tree.this.this)
        return tree.sql(dialect="snowflake")
    return None


def main():
    folder = Path(sys.argv[1])
    log = open(folder / "statements.jsonl", "a", encoding="utf-8", buffering=1)
    lock = threading.Lock()
    execute = FakeSnowflakeCursor.execute

    def recorded(cursor, command, params=None, *arguments, **named):
        with lock:
            log.write(json.dumps({"sql": command}) + "\n")
        try:
            trees = sqlglot.parse(command, read="snowflake", error_level=sqlglot.ErrorLevel.RAISE)
        except sqlglot.errors.ParseError:
            trees = []
        for tree in filter(None, trees):
            for check in REFUSALS:
                check(tree)
        if re.match(r"\s*show grants on\b", command, re.IGNORECASE):
            command = NO_GRANTS
        elif len(trees) == 1:
            command = without_definitions(trees[0]) or command
        done = execute(cursor, TEMPORARY.sub(r"\1", command), params, *arguments, **named)
        if len(trees) == 1 and isinstance(trees[0], exp.Merge):
            # What the merge answered, as a query that can be described without running the merge again.
            count = cursor._arrow_table.column(0)[0].as_py()
            cursor._last_sql, cursor._last_params = f'select {count} as "number of rows merged"', None
        return done

    FakeSnowflakeCursor.execute = recorded
    # DuckDB has `merge` itself; fakesnow's way around it cannot be in a transaction.
    fakesnow.transforms.merge = lambda statement: [statement]
    fakesnow.server.shared_fs.nop_regexes = NOTHING_TO_DO
    logging.getLogger("fakesnow.server").setLevel(logging.ERROR)

    watched = Watched(fakesnow.server.app, folder, log, lock)

    class Announced(uvicorn.Server):
        async def startup(self, sockets=None):
            await super().startup(sockets=sockets)
            port = self.servers[0].sockets[0].getsockname()[1]
            (folder / "port.new").write_text(str(port))
            os.replace(folder / "port.new", folder / "port")

    Announced(uvicorn.Config(watched, host="127.0.0.1", port=0, log_level="warning")).run()


if __name__ == "__main__":
    main()
