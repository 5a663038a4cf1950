"""What the stand-in stores: datasets, tables with their rows, views; and INFORMATION_SCHEMA, which is read from them."""

import itertools
import json
import time
from dataclasses import dataclass, field

from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.public import type_pb2, value_pb2

import values

VERSIONS = itertools.count(1)


class Problem(Exception):
    """An answer of the REST interface that is an error."""

    def __init__(self, reason, message, status=400):
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.status = status


def not_found(what, name, location="US"):
    return Problem("notFound", f"Not found: {what} {name} was not found in location {location}", 404)


@dataclass
class Column:
    name: str
    type: type_pb2.TypeProto
    required: bool = False
    description: str = None

    def shown(self):
        return values.field(self.name, self.type, "REQUIRED" if self.required else "NULLABLE", self.description)


@dataclass
class Table:
    project: str
    dataset: str
    name: str
    kind: str = "TABLE"
    columns: list = field(default_factory=list)
    content: service.TableContent = field(default_factory=service.TableContent)
    # The query of a view.
    query: str = None
    # As written: `date(day)`; the columns of clustering.
    partition_by: str = None
    cluster_by: list = field(default_factory=list)
    options: dict = field(default_factory=dict)
    grants: list = field(default_factory=list)
    # Descriptions of fields in structures, by their paths.
    nested: dict = field(default_factory=dict)
    created: int = field(default_factory=lambda: int(time.time() * 1000))
    version: int = field(default_factory=lambda: next(VERSIONS))

    @property
    def key(self):
        return f"{self.project}.{self.dataset}.{self.name}"

    def changed(self):
        self.version = next(VERSIONS)

    def rows(self):
        return self.content.table_data.row

    def replace_rows(self, rows):
        self.content = service.TableContent()
        self.content.table_data.row.extend(rows)
        self.changed()

    def column(self, name):
        return next((c for c in self.columns if c.name.lower() == name.lower()), None)


@dataclass
class Dataset:
    project: str
    name: str
    location: str = "US"
    options: dict = field(default_factory=dict)
    access: list = field(default_factory=list)
    tables: dict = field(default_factory=dict)
    # Results of queries and tables of scripts: not listed.
    hidden: bool = False


class Warehouse:
    """All datasets of all projects."""

    def __init__(self):
        self.datasets = {}

    def dataset(self, project, name):
        found = self.datasets.get((project, name))
        if found is None:
            raise not_found("Dataset", f"{project}:{name}")
        return found

    def create_dataset(self, project, name, exists_ok=False, **more):
        if (project, name) in self.datasets:
            if exists_ok:
                return self.datasets[project, name]
            raise Problem("duplicate", f"Already Exists: Dataset {project}:{name}", 409)
        self.datasets[project, name] = Dataset(project, name, **more)
        return self.datasets[project, name]

    def drop_dataset(self, project, name, cascade=False, missing_ok=False):
        found = self.datasets.get((project, name))
        if found is None:
            if missing_ok:
                return
            raise not_found("Dataset", f"{project}:{name}")
        if found.tables and not cascade:
            raise Problem("resourceInUse", f"Dataset {project}:{name} is still in use", 400)
        del self.datasets[project, name]

    def find(self, project, dataset, name):
        found = self.datasets.get((project, dataset))
        return found and found.tables.get(name)

    def table(self, project, dataset, name):
        found = self.dataset(project, dataset).tables.get(name)
        if found is None:
            raise not_found("Table", f"{project}:{dataset}.{name}")
        return found

    def put(self, table, replace=False, missing_only=False):
        """Stores a table; says whether it did."""
        dataset = self.dataset(table.project, table.dataset)
        existing = dataset.tables.get(table.name)
        if existing is not None:
            if missing_only:
                return False
            if not replace:
                raise Problem("duplicate", f"Already Exists: Table {table.project}:{table.dataset}.{table.name}", 409)
            self._check_replacement(existing, table)
            table.grants = existing.grants
        dataset.tables[table.name] = table
        return True

    @staticmethod
    def _check_replacement(existing, table):
        shown = f"{table.project}:{table.dataset}.{table.name}"
        if existing.kind != table.kind:
            raise Problem("invalid", f"{shown} is not allowed for this operation because it is currently a {existing.kind}.")
        spec = lambda t: (t.partition_by or "").replace(" ", "").lower()
        if spec(existing) != spec(table):
            raise Problem("invalid", f"Cannot replace a table with a different partitioning spec. Instead, DROP the table, and then recreate it. New partitioning spec is {spec(table) or 'none'} and existing spec is {spec(existing) or 'none'}")
        if [c.lower() for c in existing.cluster_by] != [c.lower() for c in table.cluster_by]:
            raise Problem("invalid", "Cannot replace a table with a different clustering spec. Instead, DROP the table, and then recreate it.")

    def snapshot(self):
        """A copy to go back to; rows are shared, because they are replaced, not changed."""
        import copy

        saved = {}
        for key, dataset in self.datasets.items():
            saved[key] = copy.copy(dataset)
            saved[key].tables = {name: copy.copy(table) for name, table in dataset.tables.items()}
        return saved

    def restore(self, saved):
        self.datasets = saved

    # INFORMATION_SCHEMA, of a dataset or of the whole project.

    def information(self, project, dataset, view):
        """A view of INFORMATION_SCHEMA as a table; none where there is no such view."""
        view = view.upper()
        listed = [d for d in self.datasets.values() if d.project == project and not d.hidden]
        if dataset is not None:
            listed = [self.dataset(project, dataset)]
        if view == "SCHEMATA":
            rows = [(d.project, d.name, d.location) for d in listed]
            return _table(view, ["catalog_name", "schema_name", "location"], rows)
        tables = [t for d in listed for t in d.tables.values()]
        maker = getattr(self, f"_{view.lower()}", None)
        return maker(view, tables) if maker else None

    @staticmethod
    def _tables(view, tables):
        names = ["table_catalog", "table_schema", "table_name", "table_type", "is_insertable_into", "creation_time:TIMESTAMP", "ddl"]
        shown = {"TABLE": "BASE TABLE", "MATERIALIZED_VIEW": "MATERIALIZED VIEW"}
        return _table(view, names, [
            (t.project, t.dataset, t.name, shown.get(t.kind, t.kind), "YES" if t.kind == "TABLE" else "NO", t.created, "")
            for t in tables
        ])

    @staticmethod
    def ___tables__(view, tables):
        names = ["project_id", "dataset_id", "table_id", "creation_time:INT64", "last_modified_time:INT64", "row_count:INT64", "size_bytes:INT64", "type:INT64"]
        codes = {"TABLE": 1, "VIEW": 2, "EXTERNAL": 3, "MATERIALIZED_VIEW": 4}
        return _table(view, names, [
            (t.project, t.dataset, t.name, t.created, t.created, len(t.rows()), t.content.ByteSize(), codes.get(t.kind, 1))
            for t in tables
        ])

    @staticmethod
    def _columns(view, tables):
        names = ["table_catalog", "table_schema", "table_name", "column_name", "ordinal_position:INT64", "is_nullable", "data_type", "is_partitioning_column", "clustering_ordinal_position:INT64"]
        rows = []
        for t in tables:
            clustered = [name.lower() for name in t.cluster_by]
            for position, c in enumerate(t.columns, 1):
                order = clustered.index(c.name.lower()) + 1 if c.name.lower() in clustered else None
                part = t.partition_by is not None and c.name.lower() in t.partition_by.lower()
                rows.append((t.project, t.dataset, t.name, c.name, position, "NO" if c.required else "YES", values.type_shown(c.type), "YES" if part else "NO", order))
        return _table(view, names, rows)

    @staticmethod
    def _column_field_paths(view, tables):
        names = ["table_catalog", "table_schema", "table_name", "column_name", "field_path", "data_type", "description"]
        rows = []

        def add(t, c, path, kind, description):
            rows.append((t.project, t.dataset, t.name, c.name, path, values.type_shown(kind), description))
            inner = kind.array_type.element_type if kind.type_kind == type_pb2.TYPE_ARRAY else kind
            if inner.type_kind == type_pb2.TYPE_STRUCT:
                for part in inner.struct_type.field:
                    inner_path = f"{path}.{part.field_name}"
                    add(t, c, inner_path, part.field_type, t.nested.get(inner_path))

        for t in tables:
            for c in t.columns:
                add(t, c, c.name, c.type, c.description)
        return _table(view, names, rows)

    @staticmethod
    def _table_options(view, tables):
        names = ["table_catalog", "table_schema", "table_name", "option_name", "option_type", "option_value"]
        return _table(view, names, [
            (t.project, t.dataset, t.name, name, "STRING", json.dumps(text))
            for t in tables for name, text in t.options.items()
        ])

    @staticmethod
    def _views(view, tables):
        names = ["table_catalog", "table_schema", "table_name", "view_definition"]
        return _table(view, names, [(t.project, t.dataset, t.name, t.query) for t in tables if t.kind == "VIEW"])

    @staticmethod
    def _partitions(view, tables):
        names = ["table_catalog", "table_schema", "table_name", "partition_id", "total_rows:INT64", "last_modified_time:TIMESTAMP"]
        return _table(view, names, [(t.project, t.dataset, t.name, None, len(t.rows()), t.created) for t in tables if t.kind == "TABLE"])

    @staticmethod
    def _object_privileges(view, tables):
        names = ["object_catalog", "object_schema", "object_name", "object_type", "privilege_type", "grantee"]
        return _table(view, names, [
            (t.project, t.dataset, t.name, t.kind, privilege, grantee) for t in tables for privilege, grantee in t.grants
        ])


def _table(name, columns, rows):
    """A table of texts, and of numbers and milliseconds where a name says so."""
    table = Table("", "", name)
    for column in columns:
        column, _, kind = column.partition(":")
        table.columns.append(Column(column, values.simple_type(kind or "STRING")))
    for row in rows:
        out = table.content.table_data.row.add()
        for value, column in zip(row, table.columns):
            out.cell.append(_value(value, column.type.type_kind))
    table.content.table_data.SetInParent()
    return table


def _value(value, kind):
    out = value_pb2.ValueProto()
    if value is None:
        return out
    if kind == type_pb2.TYPE_INT64:
        out.int64_value = value
    elif kind == type_pb2.TYPE_TIMESTAMP:
        out.timestamp_value.seconds, millis = divmod(value, 1000)
        out.timestamp_value.nanos = millis * 1_000_000
    else:
        out.string_value = value
    return out
