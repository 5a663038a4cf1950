#!/usr/bin/env python3
"""Stands in for a Databricks workspace: the SQL Statement Execution API and OAuth tokens, in front of Spark.

    server.py FOLDER     writes the port to FOLDER/port when it answers; logs each request to FOLDER/requests.jsonl

Where NEXUS_LAB_IDLE is set, it ends itself after so many seconds without a request.

Beyond the workspace's own paths it has POST /lab/faults {"path": "...", "statement": "...", "status": 503, "times": 2,
"headers": {}}: the next requests to a path and with a body that contain the texts are answered with that status, so that
clients can be seen to try again.
"""

import base64
import datetime
import decimal
import io
import json
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pyarrow as pa

from engine import Engine, Failed, new_id

TOKEN = "lab-token"
CLIENT = ("lab-client", "lab-secret")
ISSUED = "lab-issued-token"
ROWS_OF_A_CHUNK = 1000
INLINE_BYTES_MAX = 25 * 1024 * 1024


class Statement:
    """One statement: its state and, when done, its rows."""

    def __init__(self, request):
        self.id = new_id()
        self.request = request
        self.state = "PENDING"
        self.error = None
        self.table = None
        self.done = threading.Event()

    def run(self, engine):
        if self.state == "CANCELED":
            return
        self.state = "RUNNING"
        try:
            ask = self.request
            table = engine.run(self.id, ask["statement"], ask.get("catalog"), ask.get("schema"), ask.get("row_limit"))
            self.finish("SUCCEEDED", table=table)
        except Failed as error:
            self.finish("FAILED", error={"error_code": error.code, "message": str(error)}, sql_state=error.sql_state)
        except Exception as error:  # noqa: BLE001 the client is to see what happened
            self.finish("FAILED", error={"error_code": "INTERNAL_ERROR", "message": f"{type(error).__name__}: {error}"})

    def finish(self, state, table=None, error=None, sql_state=None):
        if self.state != "CANCELED":
            self.table, self.error, self.sql_state = table, error, sql_state
            self.state = state
        self.done.set()

    def chunks(self):
        rows = self.table.num_rows
        return [(at, min(ROWS_OF_A_CHUNK, rows - at)) for at in range(0, max(rows, 1), ROWS_OF_A_CHUNK)]

    def answer(self, base):
        out = {"statement_id": self.id, "status": {"state": self.state}}
        if self.error:
            out["status"]["error"] = self.error
            if self.sql_state:
                out["status"]["sql_state"] = self.sql_state
        if self.state == "SUCCEEDED":
            out["manifest"] = self.manifest()
            out["result"] = self.result(0, base)
        return out

    def manifest(self):
        chunks = self.chunks() if self.table.num_columns else []
        return {
            "format": self.request.get("format", "JSON_ARRAY"),
            "schema": {"column_count": self.table.num_columns, "columns": list(map(described, range(999), self.table.schema))},
            "total_chunk_count": len(chunks),
            "total_row_count": self.table.num_rows,
            "truncated": False,
            "chunks": [{"chunk_index": i, "row_offset": a, "row_count": n} for i, (a, n) in enumerate(chunks)],
        }

    def result(self, index, base):
        if not self.table.num_columns or index >= len(self.chunks()):
            return {}
        at, count = self.chunks()[index]
        part = {"chunk_index": index, "row_offset": at, "row_count": count}
        if index + 1 < len(self.chunks()):
            path = f"/api/2.0/sql/statements/{self.id}/result/chunks/{index + 1}"
            part |= {"next_chunk_index": index + 1, "next_chunk_internal_link": path}
        if self.request.get("disposition") == "EXTERNAL_LINKS":
            until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=15)
            link = f"{base}/external/{self.id}/{index}?signature=lab"
            return {"external_links": [part | {"external_link": link, "expiration": until.isoformat()}]}
        return part | {"data_array": self.data_array(index)}

    def data_array(self, index):
        at, count = self.chunks()[index]
        return [list(map(in_json, row.values())) for row in self.table.slice(at, count).to_pylist()]

    def arrow(self, index):
        at, count = self.chunks()[index]
        sink = io.BytesIO()
        with pa.ipc.new_stream(sink, self.table.schema) as writer:
            writer.write_table(self.table.slice(at, count))
        return sink.getvalue()


NAMES = {
    "string": "STRING", "int64": "LONG", "int32": "INT", "int16": "SHORT", "int8": "BYTE", "bool": "BOOLEAN",
    "double": "DOUBLE", "float": "FLOAT", "date32[day]": "DATE", "binary": "BINARY",
}  # fmt: skip
TEXTS = {"LONG": "BIGINT", "SHORT": "SMALLINT", "BYTE": "TINYINT"}


def described(position, column):
    kind = column.type
    more = {}
    if pa.types.is_decimal(kind):
        name, text = "DECIMAL", f"DECIMAL({kind.precision},{kind.scale})"
        more = {"type_precision": kind.precision, "type_scale": kind.scale}
    elif pa.types.is_timestamp(kind):
        name = "TIMESTAMP" if kind.tz else "TIMESTAMP_NTZ"
        text = name
    else:
        name = NAMES.get(str(kind), "STRUCT" if pa.types.is_struct(kind) else "ARRAY" if pa.types.is_list(kind) else "STRING")
        text = TEXTS.get(name, name)
    return {"name": column.name, "position": position, "type_name": name, "type_text": text, **more}


def in_json(value):
    """A value as the API's JSON arrays have it: text, or null."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        text = value.replace(tzinfo=None).isoformat(timespec="milliseconds" if value.microsecond % 1000 == 0 else "microseconds")
        return text + ("Z" if value.tzinfo else "")
    if isinstance(value, (list, dict)):
        return json.dumps(value, default=str)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, decimal.Decimal):
        return f"{value:f}"
    return str(value)


def noted(body):
    """What a request asked, without what is secret."""
    try:
        asked = json.loads(body or b"{}")
        return {k: asked[k] for k in ("statement", "disposition", "format", "query_tags") if k in asked}
    except ValueError:
        return {}


class Workspace(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder):
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = Path(folder)
        self.engine = Engine(folder)
        self.pool = ThreadPoolExecutor(8)
        self.statements = {}
        self.faults = []
        self.lock = threading.Lock()
        self.asked_at = time.monotonic()

    def end_when_idle(self, seconds):
        """Ends the program when nobody has asked anything for so long."""
        while time.monotonic() - self.asked_at < seconds:
            time.sleep(1)
        self.engine.spark.stop()
        os._exit(0)

    def submit(self, request):
        statement = Statement(request)
        self.statements[statement.id] = statement
        self.pool.submit(statement.run, self.engine)
        return statement

    def fault(self, path, body):
        with self.lock:
            for fault in self.faults:
                if fault["path"] in path and fault.get("statement", "") in body and fault["times"] > 0:
                    fault["times"] -= 1
                    return fault
        return None

    def note(self, entry):
        with self.lock, open(self.folder / "requests.jsonl", "a") as out:
            out.write(json.dumps(entry) + "\n")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.serve("GET")

    def do_POST(self):
        self.serve("POST")

    def serve(self, method):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.split("?")[0]
        self.server.asked_at = time.monotonic()
        fault = self.server.fault(self.path, body.decode(errors="replace"))
        self.server.note({"method": method, "path": path, "body": noted(body)})
        if fault:
            return self.say(fault["status"], {"error_code": "LAB", "message": "as asked"}, fault.get("headers", {}))
        try:
            return self.route(method, path, body)
        except (KeyError, ValueError) as error:
            return self.say(400, {"error_code": "INVALID_PARAMETER_VALUE", "message": f"{error}"})

    def route(self, method, path, body):
        parts = path.strip("/").split("/")
        if path == "/lab/faults":
            self.server.faults.append(json.loads(body))
            return self.say(200, {})
        if path == "/oidc/v1/token":
            return self.token(body)
        if parts[0] == "external":
            return self.external(parts[1], int(parts[2]))
        if self.headers.get("authorization") not in (f"Bearer {TOKEN}", f"Bearer {ISSUED}"):
            return self.say(401, {"error_code": 401, "message": "Credential was not sent or was of an unsupported type for this API."})
        if parts[:4] != ["api", "2.0", "sql", "statements"]:
            return self.say(404, {"error_code": "ENDPOINT_NOT_FOUND", "message": f"No API found for '{method} {path}'"})
        if method == "POST" and len(parts) == 4:
            return self.statement(json.loads(body))
        statement = self.server.statements.get(parts[4])
        if statement is None:
            return self.say(404, {"error_code": "NOT_FOUND", "message": f"The statement {parts[4]} was not found."})
        if parts[5:] == ["cancel"]:
            if not statement.done.is_set():
                statement.state = "CANCELED"
                statement.done.set()
                self.server.engine.cancel(statement.id)
            return self.say(200, {})
        if parts[5:7] == ["result", "chunks"]:
            return self.say(200, statement.result(int(parts[7]), self.base()))
        return self.say(200, statement.answer(self.base()))

    def token(self, body):
        given = self.headers.get("authorization", "")
        expected = "Basic " + base64.b64encode(":".join(CLIENT).encode()).decode()
        if given != expected or b"grant_type=client_credentials" not in body:
            return self.say(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
        return self.say(200, {"access_token": ISSUED, "token_type": "Bearer", "expires_in": 3600, "scope": "all-apis"})

    def statement(self, request):
        if request["warehouse_id"] != "lab":
            return self.say(404, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": f"Warehouse {request['warehouse_id']} does not exist"})
        if request.get("format") == "ARROW_STREAM" and request.get("disposition") != "EXTERNAL_LINKS":
            return self.say(400, {"error_code": "INVALID_PARAMETER_VALUE", "message": "ARROW_STREAM needs EXTERNAL_LINKS"})
        statement = self.server.submit(request)
        wait = request.get("wait_timeout", "10s")
        statement.done.wait(int(wait.rstrip("s")))
        return self.say(200, statement.answer(self.base()))

    def external(self, name, index):
        if self.headers.get("authorization"):
            return self.say(400, {"message": "a link to storage is signed already: send no credentials"})
        statement = self.server.statements[name]
        if statement.request.get("format") == "ARROW_STREAM":
            return self.send(200, statement.arrow(index), "application/octet-stream")
        return self.send(200, json.dumps(statement.data_array(index)).encode(), "application/json")

    def base(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def say(self, status, value, headers=None):
        self.send(status, json.dumps(value).encode(), "application/json", headers)

    def send(self, status, body, kind, headers=None):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def main():
    workspace = Workspace(sys.argv[1])
    # The first query of a Spark takes seconds; whoever comes later is not to wait for it.
    workspace.engine.run(new_id(), "select 1")
    port = Path(sys.argv[1]) / "port"
    port.with_suffix(".new").write_text(str(workspace.server_address[1]))
    port.with_suffix(".new").rename(port)
    if idle := int(os.environ.get("NEXUS_LAB_IDLE", "0")):
        threading.Thread(target=workspace.end_when_idle, args=(idle,), daemon=True).start()
    workspace.serve_forever()


if __name__ == "__main__":
    main()
