"""Load jobs: CSV text as rows. An empty value is null, an empty value in quotes is an empty text."""

import re

from zetasql.wasi._pb2.zetasql.local_service import local_service_pb2 as service
from zetasql.wasi._pb2.zetasql.public import type_pb2

import values
from googlesql import SqlError
from warehouse import Column, Problem

TEXT = type_pb2.TypeProto(type_kind=type_pb2.TYPE_STRING)


def records(text, delimiter):
    """Records of values: a text, or none where nothing stands between two delimiters."""
    value = re.compile(rf'"((?:[^"]|"")*)"|([^{re.escape(delimiter)}\r\n]*)')
    at, record = 0, []
    while at < len(text):
        found = value.match(text, at)
        quoted, bare = found.groups()
        record.append(quoted.replace('""', '"') if quoted is not None else bare or None)
        at = found.end()
        if text[at : at + 1] == delimiter:
            at += 1
            if at == len(text):
                record.append(None)
            continue
        end = re.compile(r"\r?\n|$").match(text, at)
        if end is None:
            raise Problem("invalid", f"Error while reading data, error message: CSV processing encountered data after a closing quote at byte {at}")
        at = max(end.end(), at + 1)
        if record != [None]:
            yield record
        record = []
    if record:
        yield record


def read(runner, media, load, columns):
    """The rows of a file with the types of their table."""
    if load.get("sourceFormat", "CSV") != "CSV":
        raise Problem("invalid", f"Files of {load['sourceFormat']} are not read here")
    found = list(records(media.decode(), load.get("fieldDelimiter") or ","))[int(load.get("skipLeadingRows") or 0) :]
    texts = service.TableContent()
    texts.table_data.SetInParent()
    for number, record in enumerate(found, 1):
        if len(record) > len(columns) or (len(record) < len(columns) and not load.get("allowJaggedRows")):
            raise Problem("invalid", f"Error while reading data, error message: CSV table references column position {len(columns) - 1}, but line {number} contains only {len(record)} columns.")
        row = texts.table_data.row.add()
        for value in record + [None] * (len(columns) - len(record)):
            row.cell.add() if value is None else row.cell.add(string_value=value)
    selected = ", ".join(cast(f"c{i}", c) for i, c in enumerate(columns))
    catalog = runner.engine.catalog()
    table = catalog.table.add(name="file")
    for i, _ in enumerate(columns):
        table.column.add(name=f"c{i}").type.CopyFrom(TEXT)
    try:
        content = runner.engine.evaluate(f"select {selected} from file", catalog, {"file": texts})[1]
    except SqlError as error:
        raise Problem("invalid", f"Error while reading data, error message: {error.message}") from None
    content.table_data.SetInParent()
    runner_check = type(runner)._check_required
    runner_check([Column(c.name, c.type, c.required) for c in columns], content)
    return content


def cast(name, column):
    if column.type.type_kind == type_pb2.TYPE_JSON:
        return f"parse_json({name})"
    if column.type.type_kind == type_pb2.TYPE_BYTES:
        return f"from_base64({name})"
    return f"cast({name} as {values.type_sql(column.type)})"
