#!/usr/bin/env python3
"""A stand-in for BigQuery's REST interface, with GoogleSQL behind it and everything in memory.

    server.py PORT_FILE CACHE_FOLDER

Listens on a free port of the loopback interface and writes the port to PORT_FILE when it is ready. Tokens are given to
whoever asks, and every other call needs one. What jobs ran is written to `statements.jsonl` beside PORT_FILE. With
NEXUS_LAB_IDLE it ends when nobody has asked it anything for so many seconds. The file `faults.json` beside PORT_FILE
may hold a list of answers that the next calls get in place of theirs: `[{"path": "/jobs", "status": 503}, …]`.
"""

import email.parser
import email.policy
import json
import os
import re
import sys
import threading
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import csv_load
import values
from googlesql import GoogleSql, Interrupted, SqlError
from statements import Result, Runner, Scope
from warehouse import Column, Dataset, Problem, Table, Warehouse, not_found

PAGE_ROWS = 10_000
ANONYMOUS = "_results"


def problem_of(error):
    """What went wrong, as an error of the REST interface."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Interrupted):
        return Problem("stopped", "Job execution was cancelled: User requested cancellation")
    if isinstance(error, SqlError):
        return Problem("invalidQuery" if error.code != 13 else "internalError", re.sub(r" \[at (\d+:\d+)\]", r" at [\1]", error.message))
    return Problem("internalError", f"{type(error).__name__}: {error}", 500)


class Job:
    """A job: what was asked, how far it is, what came out."""

    def __init__(self, project, body, job_id=None):
        self.project, self.body = project, body
        self.id = job_id or f"job_{uuid.uuid4().hex}"
        self.location = (body.get("jobReference") or {}).get("location") or "US"
        self.created = int(time.time() * 1000)
        self.started = self.ended = None
        self.problem, self.result, self.script = None, None, False
        self.cancelled = False
        self.done = threading.Event()
        self.destination = None
        self.lines = None

    def shown(self):
        state = "DONE" if self.done.is_set() else "RUNNING" if self.started else "PENDING"
        status = {"state": state}
        if self.problem is not None and self.done.is_set():
            error = {"reason": self.problem.reason, "message": self.problem.message, "location": "query"}
            status |= {"errorResult": error, "errors": [error]}
        configuration = dict(self.body.get("configuration") or {})
        if "query" in configuration and self.destination:
            configuration["query"] = {**configuration["query"], "destinationTable": self.destination}
        configuration["jobType"] = next((k.upper() for k in ("query", "load", "copy") if k in configuration), "QUERY")
        return {
            "kind": "bigquery#job",
            "etag": "e",
            "id": f"{self.project}:{self.location}.{self.id}",
            "selfLink": f"/bigquery/v2/projects/{self.project}/jobs/{self.id}",
            "user_email": "lab@example.com",
            "jobReference": {"projectId": self.project, "jobId": self.id, "location": self.location},
            "configuration": configuration,
            "status": status,
            "statistics": self.statistics(),
        }

    def statistics(self):
        out = {"creationTime": str(self.created)}
        if self.started:
            out["startTime"] = str(self.started)
        if not self.done.is_set() or self.result is None:
            return out
        result = self.result
        out["endTime"] = str(self.ended)
        out["totalBytesProcessed"] = str(result.bytes_processed)
        if self.lines is not None:
            return out | {"load": {"outputRows": str(self.lines), "badRecords": "0"}}
        query = {
            "statementType": "SCRIPT" if self.script else result.statement_type,
            "totalBytesProcessed": str(result.bytes_processed),
            "totalBytesBilled": str(result.bytes_processed),
            "totalSlotMs": str(max(1, self.ended - self.started)),
            "cacheHit": False,
        }
        out["totalSlotMs"] = query["totalSlotMs"]
        if result.affected is not None:
            query["numDmlAffectedRows"] = str(result.affected)
            query["dmlStats"] = result.dml
        if result.columns:
            query["schema"] = {"fields": [c.shown() for c in result.columns]}
        if result.operation:
            query["ddlOperationPerformed"] = result.operation
        if result.target is not None and result.operation:
            query["ddlTargetTable"] = reference(result.target)
        if self.script:
            out["numChildJobs"] = "1"
        return out | {"query": query}


def reference(table):
    return {"projectId": table.project, "datasetId": table.dataset, "tableId": table.name}


class BigQuery:
    """The service: calls are methods, named in `ROUTES`."""

    def __init__(self, cache):
        self.engine = GoogleSql(cache)
        self.warehouse = Warehouse()
        self.runner = Runner(self.engine, self.warehouse)
        # One statement at a time reads and changes the warehouse.
        self.turn = threading.Lock()
        self.jobs = {}
        self.current = None
        self.folder = None

    def note(self, job, query):
        """Writes down what a job runs."""
        line = {"sql": query["query"], "labels": (job.body.get("configuration") or {}).get("labels"), "priority": query.get("priority"), "location": job.location}
        with open(os.path.join(self.folder, "statements.jsonl"), "a") as file:
            file.write(json.dumps(line) + "\n")

    def fault(self, path):
        """The answer that a test wants in place of the next one of a path."""
        place = os.path.join(self.folder, "faults.json")
        if not os.path.exists(place):
            return
        with open(place) as file:
            faults = json.load(file)
        found = next((f for f in faults if re.search(f["path"], path)), None)
        if found is None:
            return
        faults.remove(found)
        with open(place, "w") as file:
            json.dump(faults, file)
        raise Problem(found.get("reason", "backendError"), found.get("message", "wanted by a test"), found["status"])

    # Jobs.

    def start(self, job):
        if job.id in self.jobs:
            raise Problem("duplicate", f"Already Exists: Job {job.project}:{job.location}.{job.id}", 409)
        self.jobs[job.id] = job
        threading.Thread(target=self.work, args=[job], daemon=True).start()
        return job

    def work(self, job):
        with self.turn:
            job.started = int(time.time() * 1000)
            self.current = job
            saved = self.warehouse.snapshot()
            try:
                if job.cancelled:
                    raise Interrupted()
                self.perform(job)
            except Exception as error:
                if not isinstance(error, (Problem, SqlError, Interrupted)):
                    import traceback

                    traceback.print_exc()
                self.warehouse.restore(saved) if not job.script else None
                job.problem = problem_of(error)
            self.current = None
            job.ended = int(time.time() * 1000)
            job.done.set()

    def perform(self, job):
        configuration = job.body.get("configuration") or {}
        if "query" in configuration:
            self.perform_query(job, configuration["query"], configuration.get("dryRun"))
        elif "copy" in configuration:
            self.perform_copy(job, configuration["copy"])
        elif "load" in configuration:
            self.perform_load(job, configuration["load"])
        else:
            raise Problem("invalid", "Required parameter is missing: query")

    def perform_query(self, job, query, dry_run):
        if query.get("useLegacySql", True):
            raise Problem("invalid", "Legacy SQL is not spoken here: set useLegacySql to false")
        default = query.get("defaultDataset") or {}
        scope = Scope(default.get("projectId") or job.project, default.get("datasetId"))
        if dry_run:
            job.result = self.check(query["query"], scope)
            return
        self.note(job, query)
        self.limit(query, scope)
        job.result, count, first = self.runner.script(query["query"], scope)
        job.script = count > 1 or first in ("BeginEndBlock", "IfStatement")
        result = job.result or Result("SCRIPT")
        job.result = result
        if result.target is not None:
            job.destination = reference(result.target)
        else:
            job.destination = {"projectId": job.project, "datasetId": ANONYMOUS, "tableId": job.id}
            table = Table(job.project, ANONYMOUS, job.id, columns=result.columns, content=result.content)
            hidden = self.warehouse.datasets.setdefault((job.project, ANONYMOUS), Dataset(job.project, ANONYMOUS, hidden=True))
            hidden.tables[job.id] = table

    def limit(self, query, scope):
        """Refuses what would read more bytes than the job may."""
        most = query.get("maximumBytesBilled")
        if most is None:
            return
        read = self.check(query["query"], scope).bytes_processed
        if read > int(most):
            raise Problem("bytesBilledLimitExceeded", f"Query exceeded limit for bytes billed: {most}. {read} or higher required.")

    def check(self, sql, scope):
        """Analyses without executing: the columns of the last statement."""
        from statements import Statement
        from syntax import get, items, kind

        nodes = items(get(self.engine.parse_script(sql), "statement_list_node"), "statement_list")
        result = Result("SCRIPT")
        if len(nodes) == 1:
            statement = Statement(self.runner, scope, sql.encode(), nodes[0])
            resolved = self.runner.check(statement)
            result = Result("SELECT")
            if kind(nodes[0]) == "QueryStatement":
                outputs = resolved.resolved_query_stmt_node.output_column_list
                result.columns = [Column(o.name, o.column.type) for o in outputs]
            result.bytes_processed = statement.bytes_processed
        return result

    def perform_copy(self, job, copy):
        sources = copy.get("sourceTables") or [copy["sourceTable"]]
        target = copy["destinationTable"]
        tables = [self.warehouse.table(s["projectId"], s["datasetId"], s["tableId"].split("$")[0]) for s in sources]
        partition = target["tableId"].partition("$")[2]
        name = target["tableId"].split("$")[0]
        existing = self.warehouse.find(target["projectId"], target["datasetId"], name)
        rows = [row for table in tables for row in table.rows()]
        if copy.get("writeDisposition") == "WRITE_APPEND" and existing is not None:
            rows = [*existing.rows(), *rows]
        if partition:
            self.replace_partition(job, existing, tables[0], partition)
            return
        out = Table(target["projectId"], target["datasetId"], name, columns=list(tables[0].columns))
        out.partition_by, out.cluster_by = tables[0].partition_by, list(tables[0].cluster_by)
        out.replace_rows(rows)
        out.content.table_data.SetInParent()
        self.warehouse.dataset(out.project, out.dataset).tables[name] = out
        job.result = Result("COPY")

    def replace_partition(self, job, target, source, partition):
        """Copies one partition over the partition of the same name."""
        if target is None or partitioning(target) != partitioning(source):
            raise Problem("invalid", "Incompatible partitioning of source and destination table")
        kept = [row for row, its in zip(target.rows(), self.partitions(target)) if its != partition]
        new = [row for row, its in zip(source.rows(), self.partitions(source)) if its == partition]
        target.replace_rows([*kept, *new])
        target.content.table_data.SetInParent()
        job.result = Result("COPY")

    def partitions(self, table):
        """The name of the partition that each row is in."""
        layout = partitioning(table).get("timePartitioning") or {}
        formats = {"HOUR": "%Y%m%d%H", "DAY": "%Y%m%d", "MONTH": "%Y%m", "YEAR": "%Y"}
        if "field" not in layout:
            raise Problem("invalid", "Partitions are copied here where a column of time makes them")
        catalog = self.engine.catalog()
        stored = catalog.table.add(name="stored")
        for column in table.columns:
            stored.column.add(name=column.name).type.CopyFrom(column.type)
        sql = f"select format_timestamp('{formats[layout['type']]}', timestamp({layout['field']})) from stored"
        _, content = self.engine.evaluate(sql, catalog, {"stored": table.content})
        return [row.cell[0].string_value for row in content.table_data.row]

    def perform_load(self, job, load):
        target = load["destinationTable"]
        place = (target["projectId"], target["datasetId"], target["tableId"])
        existing = self.warehouse.find(*place)
        schema = load.get("schema")
        columns = [Column(f["name"], values.type_of_field(f), f.get("mode") == "REQUIRED", f.get("description")) for f in schema["fields"]] if schema else existing.columns
        table = Table(*place, columns=columns)
        content = csv_load.read(self.runner, job.body.pop("_media", b""), load, columns)
        job.lines = len(content.table_data.row)
        if existing is not None and load.get("writeDisposition", "WRITE_APPEND") == "WRITE_APPEND":
            existing.replace_rows([*existing.rows(), *content.table_data.row])
            existing.content.table_data.SetInParent()
        else:
            if existing is not None:
                table.options, table.grants = existing.options, existing.grants
            table.content = content
            self.warehouse.dataset(*place[:2]).tables[place[2]] = table
        job.result = Result("LOAD")
        job.result.bytes_processed = content.ByteSize()

    def job(self, job_id):
        found = self.jobs.get(job_id)
        if found is None:
            raise not_found("Job", job_id)
        return found

    def insert_job(self, call, project):
        reference_of = call.body.get("jobReference") or {}
        return self.start(Job(project, call.body, reference_of.get("jobId"))).shown()

    def upload_job(self, call, project):
        """A load job with its file: in one call of two parts, or announced first and sent after."""
        if call.query.get("uploadType") == "resumable":
            upload = uuid.uuid4().hex
            self.jobs[f"upload-{upload}"] = call.body
            call.headers_out["Location"] = f"http://{call.host}/upload/bigquery/v2/projects/{project}/jobs/{upload}"
            return {}
        return self.insert_job(call, project)

    def finish_upload(self, call, project, upload):
        body = self.jobs.pop(f"upload-{upload}", None)
        if body is None:
            raise not_found("Upload", upload)
        body["_media"] = call.raw
        call.body = body
        return self.insert_job(call, project)

    def get_job(self, call, project, job_id):
        return self.job(job_id).shown()

    def list_jobs(self, call, project):
        jobs = [j for j in self.jobs.values() if isinstance(j, Job) and j.project == project]
        return {"kind": "bigquery#jobList", "jobs": [{**j.shown(), "state": j.shown()["status"]["state"]} for j in jobs]}

    def cancel_job(self, call, project, job_id):
        job = self.job(job_id)
        job.cancelled = True
        threading.Thread(target=self.interrupt, args=[job], daemon=True).start()
        return {"kind": "bigquery#jobCancelResponse", "job": job.shown()}

    def interrupt(self, job):
        """Ends what the engine does for a job; again and again, for an end between two of its steps ends nothing."""
        while not job.done.wait(0.05):
            if self.current is job:
                self.engine.interrupt()

    def query(self, call, project):
        body = call.body
        keys = ("query", "defaultDataset", "useLegacySql", "maximumBytesBilled")
        configuration = {"query": {k: body[k] for k in keys if k in body}, "labels": body.get("labels", {}), "dryRun": body.get("dryRun", False)}
        job = self.start(Job(project, {"configuration": configuration, "jobReference": {"location": body.get("location")}}))
        job.done.wait(int(body.get("timeoutMs", 10_000)) / 1000)
        return self.answer(call, job, {"maxResults": body.get("maxResults"), **body.get("formatOptions", {})})

    def results(self, call, project, job_id):
        job = self.job(job_id)
        job.done.wait(int(call.query.get("timeoutMs", 10_000)) / 1000)
        return self.answer(call, job, call.query)

    def answer(self, call, job, asked):
        out = {"kind": "bigquery#getQueryResultsResponse", "etag": "e", "jobReference": job.shown()["jobReference"], "jobComplete": job.done.is_set()}
        if not job.done.is_set():
            return out
        if job.problem is not None:
            raise job.problem
        result = job.result
        out |= {"schema": {"fields": [c.shown() for c in result.columns]}, "totalBytesProcessed": str(result.bytes_processed), "cacheHit": False}
        if result.affected is not None:
            out |= {"numDmlAffectedRows": str(result.affected), "totalRows": "0"}
            return out
        return out | self.page(result.columns, result.content, asked)

    @staticmethod
    def page(columns, content, asked):
        rows = content.table_data.row
        first = int(asked.get("pageToken") or asked.get("startIndex") or 0)
        wanted = asked.get("maxResults")
        last = min(len(rows), first + (PAGE_ROWS if wanted is None else min(int(wanted), PAGE_ROWS)))
        integers = str(asked.get("formatOptions.useInt64Timestamp", asked.get("useInt64Timestamp", ""))).lower() == "true"
        out = {"totalRows": str(len(rows))}
        out["rows"] = [{"f": [values.cell(v, c.type, integers) for v, c in zip(row.cell, columns)]} for row in rows[first:last]]
        if last < len(rows) and wanted != "0" and wanted != 0:
            out["pageToken"] = str(last)
        return out

    # Datasets.

    def shown_dataset(self, dataset):
        return {
            "kind": "bigquery#dataset",
            "etag": "e",
            "id": f"{dataset.project}:{dataset.name}",
            "datasetReference": {"projectId": dataset.project, "datasetId": dataset.name},
            "location": dataset.location,
            "access": dataset.access,
            "labels": dataset.options.get("labels_json", {}),
        }

    def list_datasets(self, call, project):
        found = [d for d in self.warehouse.datasets.values() if d.project == project and not d.hidden]
        return {"kind": "bigquery#datasetList", "datasets": [self.shown_dataset(d) for d in found]}

    def insert_dataset(self, call, project):
        body = call.body
        name = body["datasetReference"]["datasetId"]
        dataset = self.warehouse.create_dataset(project, name, location=body.get("location") or "US", access=body.get("access", []))
        return self.shown_dataset(dataset)

    def get_dataset(self, call, project, dataset):
        return self.shown_dataset(self.warehouse.dataset(project, dataset))

    def patch_dataset(self, call, project, dataset):
        found = self.warehouse.dataset(project, dataset)
        found.access = call.body.get("access", found.access)
        return self.shown_dataset(found)

    def delete_dataset(self, call, project, dataset):
        self.warehouse.drop_dataset(project, dataset, call.query.get("deleteContents") == "true")
        return None

    # Tables.

    def shown_table(self, table):
        out = {
            "kind": "bigquery#table",
            "etag": "e",
            "id": f"{table.project}:{table.dataset}.{table.name}",
            "tableReference": reference(table),
            "type": table.kind,
            "schema": {"fields": [c.shown() for c in table.columns]},
            "numRows": str(len(table.rows())),
            "numBytes": str(table.content.ByteSize()),
            "creationTime": str(table.created),
            "lastModifiedTime": str(table.created),
            "location": "US",
            "labels": dict((l["f"][0]["v"], l["f"][1]["v"]) for l in (p["v"] for p in table.options.get("labels") or [])),
        }
        if table.options.get("description") is not None:
            out["description"] = table.options["description"]
        if table.query is not None:
            which = "view" if table.kind == "VIEW" else "materializedView"
            out[which] = {"query": table.query} | ({"useLegacySql": False} if which == "view" else {})
        if table.partition_by:
            out |= partitioning(table)
        if table.cluster_by:
            out["clustering"] = {"fields": table.cluster_by}
        if str(table.options.get("require_partition_filter")).lower() == "true":
            out["requirePartitionFilter"] = True
        if table.options.get("expiration_timestamp") is not None:
            out["expirationTime"] = str(int(float(table.options["expiration_timestamp"])) // 1000)
        return out

    def list_tables(self, call, project, dataset):
        found = self.warehouse.dataset(project, dataset)
        listed = [{k: v for k, v in self.shown_table(t).items() if k != "schema"} for t in found.tables.values()]
        return {"kind": "bigquery#tableList", "etag": "e", "totalItems": len(listed), "tables": listed}

    def list_routines(self, call, project, dataset):
        """None are kept: what a script declares ends with it. dbt-bigquery asks wherever it lists tables."""
        self.warehouse.dataset(project, dataset)
        return {"routines": []}

    def insert_table(self, call, project, dataset):
        body = call.body
        table = Table(project, dataset, body["tableReference"]["tableId"])
        if "view" in body:
            table.kind, table.query = "VIEW", body["view"]["query"]
        self.describe(table, body)
        table.content.table_data.SetInParent()
        self.warehouse.put(table)
        return self.shown_table(table)

    @staticmethod
    def describe(table, body):
        if "schema" in body and body["schema"].get("fields"):
            wide = len(body["schema"]["fields"])
            table.columns = [Column(f["name"], values.type_of_field(f), f.get("mode") == "REQUIRED", f.get("description")) for f in body["schema"]["fields"]]
            for row in table.rows():
                while len(row.cell) < wide:
                    row.cell.add()
        if "description" in body:
            table.options["description"] = body["description"]

    @staticmethod
    def describe_parts(table, fields, path=""):
        """Keeps the descriptions of fields in structures."""
        for field in fields:
            if path and field.get("description") is not None:
                table.nested[f"{path}{field['name']}"] = field["description"]
            BigQuery.describe_parts(table, field.get("fields") or [], f"{path}{field['name']}.")

    def get_table(self, call, project, dataset, name):
        return self.shown_table(self.warehouse.table(project, dataset, name))

    def patch_table(self, call, project, dataset, name):
        table = self.warehouse.table(project, dataset, name)
        self.describe(table, call.body)
        self.describe_parts(table, (call.body.get("schema") or {}).get("fields") or [])
        table.changed()
        return self.shown_table(table)

    def delete_table(self, call, project, dataset, name):
        self.warehouse.table(project, dataset, name)
        del self.warehouse.dataset(project, dataset).tables[name]
        return None

    def table_data(self, call, project, dataset, name):
        table = self.warehouse.table(project, dataset, name)
        columns, content = self.runner.rows_of(table, Scope(project, dataset))
        return {"kind": "bigquery#tableDataList", "etag": "e"} | self.page(columns, content, call.query)

    # Others.

    def token(self, call):
        form = dict(urllib.parse.parse_qsl(call.raw.decode()))
        if form.get("grant_type") == "refresh_token" and form.get("refresh_token") == "lab-revoked":
            raise Problem("invalid_grant", "Token has been expired or revoked.", 400)
        return {"access_token": "lab-token", "expires_in": 3600, "token_type": "Bearer"}

    def impersonate(self, call, account):
        return {"accessToken": f"lab-token-of-{account}", "expireTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))}


def partitioning(table):
    """A partitioning expression as the REST interface says it."""
    text = table.partition_by.replace("`", "").strip()
    found = re.match(r"range_bucket\s*\(\s*(\w+)\s*,\s*generate_array\s*\(\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(\d+)", text, re.I)
    if found:
        name, start, end, interval = found.groups()
        return {"rangePartitioning": {"field": name, "range": {"start": start, "end": end, "interval": interval}}}
    found = re.match(r"\w+\s*\(\s*(\w+)\s*(?:,\s*(\w+)\s*)?\)", text)
    name, grain = (found.group(1), (found.group(2) or "DAY").upper()) if found else (text, "DAY")
    time_partitioning = {"type": grain}
    if name.upper() not in ("_PARTITIONTIME", "_PARTITIONDATE"):
        time_partitioning["field"] = name
    return {"timePartitioning": time_partitioning}


PROJECT = r"^/bigquery/v2/projects/([^/]+)"
ROUTES = [
    ("POST", r"^/token$", BigQuery.token),
    ("POST", r"^/v1/projects/-/serviceAccounts/([^/:]+):generateAccessToken$", BigQuery.impersonate),
    ("POST", PROJECT + r"/queries$", BigQuery.query),
    ("GET", PROJECT + r"/queries/([^/]+)$", BigQuery.results),
    ("POST", PROJECT + r"/jobs$", BigQuery.insert_job),
    ("GET", PROJECT + r"/jobs$", BigQuery.list_jobs),
    ("GET", PROJECT + r"/jobs/([^/]+)$", BigQuery.get_job),
    ("POST", PROJECT + r"/jobs/([^/]+)/cancel$", BigQuery.cancel_job),
    ("POST", r"^/(?:resumable/)?upload/bigquery/v2/projects/([^/]+)/jobs$", BigQuery.upload_job),
    ("PUT", r"^/upload/bigquery/v2/projects/([^/]+)/jobs/([^/]+)$", BigQuery.finish_upload),
    ("GET", PROJECT + r"/datasets$", BigQuery.list_datasets),
    ("POST", PROJECT + r"/datasets$", BigQuery.insert_dataset),
    ("GET", PROJECT + r"/datasets/([^/]+)$", BigQuery.get_dataset),
    ("PATCH", PROJECT + r"/datasets/([^/]+)$", BigQuery.patch_dataset),
    ("DELETE", PROJECT + r"/datasets/([^/]+)$", BigQuery.delete_dataset),
    ("GET", PROJECT + r"/datasets/([^/]+)/tables$", BigQuery.list_tables),
    ("GET", PROJECT + r"/datasets/([^/]+)/routines$", BigQuery.list_routines),
    ("POST", PROJECT + r"/datasets/([^/]+)/tables$", BigQuery.insert_table),
    ("GET", PROJECT + r"/datasets/([^/]+)/tables/([^/]+)$", BigQuery.get_table),
    ("PATCH", PROJECT + r"/datasets/([^/]+)/tables/([^/]+)$", BigQuery.patch_table),
    ("PUT", PROJECT + r"/datasets/([^/]+)/tables/([^/]+)$", BigQuery.patch_table),
    ("DELETE", PROJECT + r"/datasets/([^/]+)/tables/([^/]+)$", BigQuery.delete_table),
    ("GET", PROJECT + r"/datasets/([^/]+)/tables/([^/]+)/data$", BigQuery.table_data),
]
# Methods that wait for jobs must not hold the turn.
FREE = {BigQuery.token, BigQuery.impersonate, BigQuery.query, BigQuery.results, BigQuery.insert_job, BigQuery.upload_job,
        BigQuery.finish_upload, BigQuery.get_job, BigQuery.list_jobs, BigQuery.cancel_job}


class Call:
    """A request: its text, its JSON, what is in the address."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    big_query = None

    def log_message(self, *arguments):
        pass

    def handle_any(self):
        Server.asked = time.monotonic()
        call = Call()
        address = urllib.parse.urlsplit(self.path)
        call.query = dict(urllib.parse.parse_qsl(address.query))
        call.headers_out, call.host = {}, self.headers.get("Host")
        call.raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            import gzip

            call.raw = gzip.decompress(call.raw)
        try:
            call.body = self.body(call)
            status, out = 200, self.answer(address.path, call)
            if out is None:
                status = 204
        except Exception as error:
            if not isinstance(error, (Problem, SqlError, Interrupted)):
                import traceback

                traceback.print_exc()
            found = problem_of(error)
            status = found.status
            errors = [{"message": found.message, "domain": "global", "reason": found.reason}]
            out = {"error": {"code": status, "message": found.message, "errors": errors, "status": found.reason}}
            if address.path == "/token":
                out = {"error": found.reason, "error_description": found.message}
        data = b"" if out is None else json.dumps(out).encode()
        self.send_response(status)
        for name, value in call.headers_out.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def body(self, call):
        kind = self.headers.get("Content-Type") or ""
        if kind.startswith("multipart/"):
            head = f"Content-Type: {kind}\r\n\r\n".encode()
            message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + call.raw)
            first, second = message.iter_parts()
            body = json.loads(first.get_payload(decode=True))
            body["_media"] = raw_part(call.raw, message.get_boundary())
            return body
        return json.loads(call.raw) if call.raw and "json" in kind else {}

    def answer(self, path, call):
        for method, pattern, function in ROUTES:
            found = re.match(pattern, path)
            if method != self.command or not found:
                continue
            if function is not BigQuery.token and not (self.headers.get("Authorization") or "").startswith("Bearer lab-token"):
                raise Problem("authError", "Request had invalid authentication credentials.", 401)
            self.big_query.fault(path)
            parts = [urllib.parse.unquote(part) for part in found.groups()]
            if function in FREE:
                return function(self.big_query, call, *parts)
            with self.big_query.turn:
                return function(self.big_query, call, *parts)
        raise Problem("notFound", f"Not Found: {self.command} {path}", 404)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any


def raw_part(raw, boundary):
    """The bytes of the second part of a message, untouched by any reading of text."""
    parts = raw.split(f"--{boundary}".encode())
    return parts[2].split(b"\r\n\r\n", 1)[1].removesuffix(b"\r\n")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    # When the last request came.
    asked = time.monotonic()
    request_queue_size = 128


def end_when_idle(server, seconds):
    """Ends the server when nobody has asked it anything for a while."""
    while time.monotonic() - Server.asked < seconds or server.handler.current is not None:
        time.sleep(1)
    server.shutdown()


def main():
    port_file, cache = sys.argv[1:]
    Handler.big_query = BigQuery(cache)
    Handler.big_query.folder = os.path.dirname(os.path.abspath(port_file))
    server = Server(("127.0.0.1", 0), Handler)
    server.handler = Handler.big_query
    if os.environ.get("NEXUS_LAB_IDLE"):
        threading.Thread(target=end_when_idle, args=[server, int(os.environ["NEXUS_LAB_IDLE"])], daemon=True).start()
    with open(port_file + ".part", "w") as file:
        file.write(str(server.server_address[1]))
    os.replace(port_file + ".part", port_file)
    server.serve_forever()


if __name__ == "__main__":
    main()
