"""Runs statements on one long-lived Spark, each in a session of its own, as a warehouse's statements are."""

import json
import re
import threading
import time
import uuid
from pathlib import Path

import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from pyspark.sql.types import StructType

from delta import KIND, Delta, Refused
from statements import with_catalog, words

CATALOG = "nexus_lab"
INFORMATION = re.compile(r"(?:`?\w+`?\.)?`?information_schema`?\.`?(\w+)`?", re.IGNORECASE)
# What Delta and Unity Catalog keep about a table beyond its rows; the lab takes it and keeps nothing.
KEPT_NOT = re.compile(
    r"^(optimize\b|vacuum\b|analyze\b|alter\s+(table|view|materialized\s+view|streaming\s+table)\s+\S+\s+"
    r"(add\s+constraint|drop\s+constraint|drop\s+primary|cluster\s+by|set\s+tags|unset\s+tags|"
    r"(alter|change)\s+column\s+\S+\s+(set\s+(not\s+null|tags|mask)|drop\s+(not\s+null|mask)|unset\s+tags)|"
    r"add\s+schedule|alter\s+schedule|drop\s+schedule|set\s+row|drop\s+row))",
    re.IGNORECASE,
)
GRANT = re.compile(r"^(grant|revoke)\s+(.+?)\s+on\s+(?:\w+\s+)?(\S+)\s+(?:to|from)\s+(.+?);?\s*$", re.I | re.S)
GRANTS = re.compile(r"^show\s+grants?\s+on\s+(?:(?:table|view|schema|function)\s+)?(\S+?);?\s*$", re.I | re.S)


class Failed(Exception):
    """What a warehouse says of a statement that it could not run."""

    def __init__(self, code, message, sql_state=None):
        super().__init__(message)
        self.code = code
        self.sql_state = sql_state


class Engine:
    def __init__(self, folder):
        self.folder = Path(folder)
        options = f"-Dderby.system.home={self.folder} -Djava.io.tmpdir={self.folder} -XX:TieredStopAtLevel=1"
        builder = SparkSession.builder.master("local[2]").appName("nexus lab")
        for key, value in {
            "spark.driver.memory": "1g",
            "spark.driver.extraJavaOptions": options,
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.local.dir": str(self.folder / "local"),
            "spark.sql.warehouse.dir": str(self.folder / "warehouse"),
            "spark.sql.shuffle.partitions": "2",
            "spark.default.parallelism": "2",
            "spark.sql.adaptive.enabled": "false",
            "spark.sql.ansi.enabled": "true",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.legacy.createHiveTableByDefault": "false",
            "spark.sql.sources.default": "parquet",
            "spark.sql.parquet.compression.codec": "uncompressed",
            "spark.sql.autoBroadcastJoinThreshold": "10485760",
        }.items():
            builder = builder.config(key, value)
        self.spark = builder.getOrCreate()
        self.spark.sparkContext.setLogLevel("OFF")
        self.grants = {}
        # Guards `grants`.
        self.lock = threading.Lock()

    def run(self, statement, sql, catalog=None, schema=None, limit=None):
        """Runs one statement; returns its rows as an Arrow table."""
        session = self.spark.newSession()
        self.spark.sparkContext.addJobTag(statement)
        try:
            sql = with_catalog(sql.strip().rstrip(";"), CATALOG)
            if schema:
                session.sql(f"use spark_catalog.`{schema}`")
            return self.rows(session, sql, limit)
        except Refused as error:
            raise Failed("BAD_REQUEST", f"[{error.code}] {error}") from error
        except PySparkException as error:
            text = str(error).split("\n\nJVM stacktrace")[0].replace("spark_catalog", CATALOG)
            state = error.getSqlState() if hasattr(error, "getSqlState") else None
            raise Failed("BAD_REQUEST", text, state) from error
        finally:
            self.spark.sparkContext.removeJobTag(statement)

    def cancel(self, statement):
        self.spark.sparkContext.cancelJobsWithTag(statement)

    def rows(self, session, sql, limit):
        found = words(sql)
        head = sql[found[0].start :] if found else ""
        if not head:
            return pa.table({})
        if KEPT_NOT.match(head):
            return pa.table({})
        granted = self.grant(head)
        if granted is not None:
            return granted
        if INFORMATION.search(sql):
            sql = self.with_information_schema(session, sql)
        done = Delta(session, self.folder).run(sql)
        if done is not None:
            return pa.table({name: [count] for name, count in done.items()})
        frame = session.sql(sql)
        if limit is not None:
            frame = frame.limit(limit)
        return frame.toArrow() if frame.columns else pa.table({})

    def grant(self, sql):
        shown = GRANTS.match(sql)
        plain = lambda name: name.replace("`", "").lower()
        if shown:
            with self.lock:
                held = sorted(self.grants.get(plain(shown.group(1)), ()))
            names = ["Principal", "ActionType", "ObjectType", "ObjectKey"]
            columns = list(zip(*((who, what, "TABLE", shown.group(1)) for who, what in held))) or [[], [], [], []]
            return pa.table({n: pa.array(list(c), pa.string()) for n, c in zip(names, columns)})
        change = GRANT.match(sql)
        if not change:
            return None
        verb, privileges, name, who = change.groups()
        pairs = {(w.strip().strip("`"), p.strip().upper()) for p in privileges.split(",") for w in who.split(",")}
        with self.lock:
            held = self.grants.setdefault(plain(name), set())
            held.update(pairs) if verb.lower() == "grant" else held.difference_update(pairs)
        return pa.table({})

    def with_information_schema(self, session, sql):
        """The statement reading views in this session, which hold what the catalog knows."""
        for name in {m.group(1).lower() for m in INFORMATION.finditer(sql)}:
            columns, rows = getattr(self, f"information_{name}")()
            kinds = [pa.int32() if c == "ordinal_position" else pa.string() for c in columns]
            cells = list(zip(*rows)) or [()] * len(columns)
            table = pa.table({n: pa.array(list(c), k) for n, c, k in zip(columns, cells, kinds)})
            session.createDataFrame(table).createOrReplaceTempView(f"lab_information_{name}")
        return INFORMATION.sub(lambda m: f"lab_information_{m.group(1).lower()}", sql)

    def described(self):
        """Each relation: schema, name, and what the catalog has of it."""
        catalog = self.spark._jsparkSession.sessionState().catalog()
        for schema in sorted(row.namespace for row in self.spark.sql("show schemas in spark_catalog").collect()):
            names = catalog.listTables(schema)
            for index in range(names.size()):
                identifier = names.apply(index)
                if not identifier.database().isEmpty():
                    try:
                        yield schema, identifier.table(), catalog.getTableMetadata(identifier)
                    except Exception:  # noqa: BLE001 another statement dropped it since
                        continue

    def information_schemata(self):
        schemas = sorted(row.namespace for row in self.spark.sql("show schemas in spark_catalog").collect())
        return ["catalog_name", "schema_name"], [(CATALOG, s) for s in schemas]

    def information_tables(self):
        columns = [
            "table_catalog", "table_schema", "table_name", "table_type", "data_source_format", "table_owner",
            "comment", "created", "last_altered",
        ]  # fmt: skip
        rows = []
        for schema, name, table in self.described():
            properties = table.properties()
            kind = properties.get(KIND).get() if properties.contains(KIND) else table.tableType().name().lower()
            kind = {"materialized": "MATERIALIZED_VIEW", "streaming": "STREAMING_TABLE"}.get(kind, kind.upper())
            made = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(table.createTime() / 1000))
            comment = table.comment().get() if table.comment().isDefined() else None
            form = "UNKNOWN_DATA_SOURCE_FORMAT" if kind == "VIEW" else "DELTA"
            rows.append((CATALOG, schema, name, kind, form, table.owner(), comment, made, made))
        return columns, rows

    def information_columns(self):
        columns = [
            "table_catalog", "table_schema", "table_name", "column_name", "ordinal_position", "full_data_type",
            "data_type", "comment",
        ]  # fmt: skip
        rows = []
        for schema, name, table in self.described():
            for at, column in enumerate(StructType.fromJson(json.loads(table.schema().json())).fields):
                kind = column.dataType.simpleString()
                word = kind.split("(")[0].upper()
                rows.append((CATALOG, schema, name, column.name, at, kind, word, column.metadata.get("comment")))
        return columns, rows

    def information_views(self):
        columns = ["table_catalog", "table_schema", "table_name", "view_definition"]
        rows = []
        for schema, name, table in self.described():
            if table.viewText().isDefined():
                rows.append((CATALOG, schema, name, table.viewText().get()))
        return columns, rows


def new_id():
    return str(uuid.uuid4())
