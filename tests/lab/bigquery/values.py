"""Values and types: GoogleSQL's as the REST interface writes them."""

import base64
import datetime
import decimal
import json

from zetasql.wasi._pb2.zetasql.public import type_pb2

NAMES = {
    type_pb2.TYPE_INT64: ("INT64", "INTEGER"),
    type_pb2.TYPE_BOOL: ("BOOL", "BOOLEAN"),
    type_pb2.TYPE_DOUBLE: ("FLOAT64", "FLOAT"),
    type_pb2.TYPE_STRING: ("STRING", "STRING"),
    type_pb2.TYPE_BYTES: ("BYTES", "BYTES"),
    type_pb2.TYPE_DATE: ("DATE", "DATE"),
    type_pb2.TYPE_TIMESTAMP: ("TIMESTAMP", "TIMESTAMP"),
    type_pb2.TYPE_TIME: ("TIME", "TIME"),
    type_pb2.TYPE_DATETIME: ("DATETIME", "DATETIME"),
    type_pb2.TYPE_GEOGRAPHY: ("GEOGRAPHY", "GEOGRAPHY"),
    type_pb2.TYPE_NUMERIC: ("NUMERIC", "NUMERIC"),
    type_pb2.TYPE_BIGNUMERIC: ("BIGNUMERIC", "BIGNUMERIC"),
    type_pb2.TYPE_JSON: ("JSON", "JSON"),
    type_pb2.TYPE_INTERVAL: ("INTERVAL", "INTERVAL"),
}
KINDS = {name: kind for kind, names in NAMES.items() for name in names}
KINDS |= {"DECIMAL": type_pb2.TYPE_NUMERIC, "BIGDECIMAL": type_pb2.TYPE_BIGNUMERIC, "INT": type_pb2.TYPE_INT64}
EPOCH = datetime.datetime(1970, 1, 1)


def type_sql(kind):
    """A type as SQL writes it: `ARRAY<STRUCT<a INT64>>`."""
    if kind.type_kind == type_pb2.TYPE_ARRAY:
        return f"ARRAY<{type_sql(kind.array_type.element_type)}>"
    if kind.type_kind == type_pb2.TYPE_STRUCT:
        fields = [
            (f"`{f.field_name}` " if f.field_name else "") + type_sql(f.field_type) for f in kind.struct_type.field
        ]
        return f"STRUCT<{', '.join(fields)}>"
    return NAMES[kind.type_kind][0]


def type_shown(kind):
    """A type as INFORMATION_SCHEMA writes it: without quotes."""
    return type_sql(kind).replace("`", "")


def simple_type(name):
    """The type with this name, which has no parts."""
    return type_pb2.TypeProto(type_kind=KINDS[name.upper()])


def field(name, kind, mode="NULLABLE", description=None):
    """A column as the REST interface describes it."""
    if kind.type_kind == type_pb2.TYPE_ARRAY:
        return field(name, kind.array_type.element_type, "REPEATED", description)
    out = {"name": name, "mode": mode}
    if description is not None:
        out["description"] = description
    if kind.type_kind == type_pb2.TYPE_STRUCT:
        parts = enumerate(kind.struct_type.field)
        out |= {"type": "RECORD", "fields": [field(f.field_name or f"_field_{i + 1}", f.field_type) for i, f in parts]}
    else:
        out["type"] = NAMES[kind.type_kind][1]
    return out


def type_of_field(column):
    """The type that a column of the REST interface has."""
    if column["type"].upper() in ("RECORD", "STRUCT"):
        kind = type_pb2.TypeProto(type_kind=type_pb2.TYPE_STRUCT)
        for part in column["fields"]:
            kind.struct_type.field.add(field_name=part["name"]).field_type.CopyFrom(type_of_field(part))
    else:
        kind = simple_type(column["type"])
    if column.get("mode", "").upper() == "REPEATED":
        array = type_pb2.TypeProto(type_kind=type_pb2.TYPE_ARRAY)
        array.array_type.element_type.CopyFrom(kind)
        return array
    return kind


def is_null(value):
    return value.WhichOneof("value") is None


def cell(value, kind, integers=True):
    """A value as the REST interface writes it: `{"v": …}`."""
    return {"v": plain(value, kind, integers)}


def plain(value, kind, integers=True):
    code = kind.type_kind
    if code == type_pb2.TYPE_ARRAY:
        element = kind.array_type.element_type
        return [cell(item, element, integers) for item in value.array_value.element]
    if is_null(value):
        return None
    if code == type_pb2.TYPE_STRUCT:
        fields = zip(value.struct_value.field, kind.struct_type.field)
        return {"f": [cell(item, part.field_type, integers) for item, part in fields]}
    return scalar(value, code, integers)


def scalar(value, code, integers):
    """A value without parts, as text."""
    if code == type_pb2.TYPE_INT64:
        return str(value.int64_value)
    if code == type_pb2.TYPE_BOOL:
        return "true" if value.bool_value else "false"
    if code == type_pb2.TYPE_DOUBLE:
        number = value.double_value
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(repr(number), repr(number))
    if code == type_pb2.TYPE_BYTES:
        return base64.b64encode(value.bytes_value).decode()
    if code == type_pb2.TYPE_DATE:
        return (EPOCH + datetime.timedelta(days=value.date_value)).date().isoformat()
    if code == type_pb2.TYPE_TIMESTAMP:
        micros = value.timestamp_value.seconds * 1_000_000 + value.timestamp_value.nanos // 1000
        return str(micros) if integers else repr(micros / 1e6)
    if code == type_pb2.TYPE_DATETIME:
        return datetime_text(value.datetime_value)
    if code == type_pb2.TYPE_TIME:
        return clock(value.time_value >> 30, value.time_value & ((1 << 30) - 1))
    if code == type_pb2.TYPE_NUMERIC:
        return scaled(value.numeric_value, 9)
    if code == type_pb2.TYPE_BIGNUMERIC:
        return scaled(value.bignumeric_value, 38)
    if code == type_pb2.TYPE_JSON:
        return json.dumps(json.loads(value.json_value), separators=(",", ":"), ensure_ascii=False)
    return value.string_value


def clock(packed, nanos):
    text = f"{packed >> 12 & 31:02}:{packed >> 6 & 63:02}:{packed & 63:02}"
    return f"{text}.{nanos // 1000:06}" if nanos else text


def datetime_text(value):
    packed = value.bit_field_datetime_seconds
    date = f"{packed >> 26:04}-{packed >> 22 & 15:02}-{packed >> 17 & 31:02}"
    return f"{date}T{clock(packed & ((1 << 17) - 1), value.nanos)}"


def scaled(data, digits):
    """A number in little-endian two's complement, times ten to the power of `digits`."""
    number = int.from_bytes(data, "little", signed=True)
    with decimal.localcontext() as context:
        context.prec = 80
        text = f"{decimal.Decimal(number).scaleb(-digits):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
