#!/usr/bin/env python3
"""Runs real clients of dbt's artifacts and command line on nexus, and compares what each makes of it with what it makes
of dbt-core's: byte for byte but for clock readings.

  schemas    every artifact of nexus fits the JSON schemas that dbt-core publishes
  parser     dbt-artifacts-parser reads the artifacts
  bouncer    dbt-bouncer checks them (clients/bouncer.yml)
  dagster    dagster-dbt streams a build: materializations, asset checks, metadata
  cosmos     astronomer-cosmos loads the graph from the manifest and through `dbt ls`
  log        no client, but what all of them read: the JSON log of calls on several projects, event by event

nexus is called through a link named `dbt`. dbt-core's answers are kept beside those of compare.py. The clients run in
the environment of clients.sh, the schemas in the oracle's. Exit status: 0 equal, 1 different, 2 something failed.
"""

import argparse
import concurrent.futures
import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import compare

HERE = Path(__file__).resolve().parent
SCRIPTS = HERE / "clients"
CLIENTS = ["schemas", "parser", "bouncer", "dagster", "cosmos", "log"]
PREFIX = "answer: "
# Raise this when what clients are asked, or how, changes here.
PROCEDURE = "1"


def run_script(python, script, *args, env, cwd):
    """Runs a client's script and returns the answer that it printed."""
    done = subprocess.run([str(python), str(SCRIPTS / script), *map(str, args)], cwd=cwd, env=env, text=True, capture_output=True)
    if done.returncode != 0:
        raise compare.Failure(f"{script} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-4000:]}")
    lines = [line for line in done.stdout.splitlines() if line.startswith(PREFIX)]
    return json.loads(lines[-1][len(PREFIX):] if lines else done.stdout)


def environment_of(run):
    env = dict(run.env)
    env.update(AIRFLOW_HOME=str(run.scratch / "airflow"), DAGSTER_HOME="", AIRFLOW__CORE__LOAD_EXAMPLES="False",
               DAGSTER_DISABLE_TELEMETRY="1")
    env.pop("DAGSTER_HOME")
    return env


def make_artifacts(run):
    """Builds a project with nexus and leaves all four artifacts in its target folder. A node may fail: that is an
    artifact too."""
    # A project may name another folder.
    run.env["DBT_TARGET_PATH"] = "target"
    for args in compare.builds_of(run.name):
        run.command("build", *args, may_fail=True)
    results = (run.project / "target/run_results.json").read_bytes()
    run.command("docs", "generate", may_fail=True)
    compare.freshness_of(run)
    (run.project / "target/run_results.json").write_bytes(results)


def lay_out_artifacts(run, oracle, built):
    """Puts dbt-core's kept artifacts where it would have written them."""
    target = run.project / "target"
    target.mkdir(exist_ok=True)
    parts = {"manifest": oracle["manifest"], "run_results": oracle["results"][-1],
             "catalog": next(iter(oracle["catalogs"].values()))}
    for answer in oracle.get("sources", {}).values():
        parts["sources"] = answer["sources"]
    for name, artifact in parts.items():
        if artifact is not None:
            (target / f"{name}.json").write_text(json.dumps(artifact))
    run.use_database(built)


class Side:
    """A project in a scratch directory with the artifacts of one tool, and the executable that clients call."""

    def __init__(self, name, args, is_oracle):
        self.scratch = Path(tempfile.mkdtemp(prefix=f"clients-{name}-"))
        binary = args.dbt if is_oracle else self.scratch / "bin/dbt"
        if not is_oracle:
            binary.parent.mkdir()
            binary.symlink_to(args.nexus)
        self.run = compare.Run(binary, name, self.scratch, is_oracle, nexus=args.nexus)
        self.run.prepare()
        self.env = environment_of(self.run)

    def close(self):
        shutil.rmtree(self.scratch, ignore_errors=True)

    def ask(self, client, python):
        return ASK[client](self, python)


def ask_parser(side, python):
    return run_script(python, "read_artifacts.py", side.run.project / "target", env=side.env, cwd=side.scratch)


def ask_bouncer(side, python):
    project = side.run.project
    shutil.copy(SCRIPTS / "bouncer.yml", project / "dbt-bouncer.yml")
    command = [str(python.parent / "dbt-bouncer"), "--config-file", "dbt-bouncer.yml", "--output-file", "bouncer.json"]
    done = subprocess.run(command, cwd=project, env=side.env, text=True, capture_output=True)
    if not (project / "bouncer.json").exists():
        raise compare.Failure(f"dbt-bouncer wrote nothing:\n{(done.stdout + done.stderr)[-4000:]}")
    checks = json.loads((project / "bouncer.json").read_text())
    return sorted([check["check_run_id"], check["outcome"], check["failure_message"]] for check in checks)


def ask_dagster(side, python):
    side.run.use_database(None)
    return run_script(python, "build_assets.py", side.run.project, side.run.binary, env=side.env, cwd=side.scratch)


def ask_cosmos(side, python):
    manifest = side.run.artifact("manifest.json")
    names = [manifest["metadata"]["project_name"], "dev"]
    return run_script(python, "load_graph.py", side.run.project, side.run.binary, *names, env=side.env, cwd=side.scratch)


# Events of dbt that nexus does not have: on connections, statements, dbt's own phases, caches and usage statistics.
LEFT_OUT = {
    "AdapterEventDebug", "ArtifactWritten", "CatchableExceptionOnRun", "CommandCompleted", "ConnectionClosed", "ConnectionClosedInCleanup",
    "ConnectionReused", "ConnectionUsed", "DeprecationsSummary", "EndRunResult", "FlushEvents", "ListRelations",
    "MainReportArgs", "MarkSkippedChildren", "NewConnection", "NewConnectionOpening", "NodeCompiling", "NodeExecuting",
    "ResourceReport", "Rollback", "SQLCommit", "SQLQuery", "SQLQueryStatus", "SchemaCreation", "StateCheckVarsHash",
    "LogDebugStackTrace", "PartialParsingEnabled", "PartialParsingSkipParsing", "UnableToPartialParse", "WritingInjectedSQLForNode", "CacheAction", "JinjaLogDebug",
}
# Whose fields are each tool's own.
OWN = {"MainReportVersion": "version", "FoundStats": "stat_line", "RunningOperationCaughtError": "exc", "MainEncounteredError": "exc"}
CLOCKED = {"execution", "execution_time", "node_count", "thread_id", "node_started_at", "node_finished_at", "thread", "index", "diagnostic", "started_at", "completed_at"}
ANSI = re.compile(r"\x1b\[\d+m")


def steady(value):
    """Returns a field without clock readings, and without lines in statements, which differ in blanks."""
    if isinstance(value, dict):
        return {key: steady(part) for key, part in value.items() if key not in CLOCKED}
    if isinstance(value, list):
        return [steady(part) for part in value]
    return re.sub(r"LINE \d+:", "LINE N:", value) if isinstance(value, str) else value


def told(text):
    """Returns a message without colours, numbers, dots and seconds."""
    text = re.sub(r"^\d+ of", "N of", steady(ANSI.sub("", text)))
    return re.sub(r"\d+\.\d\d seconds \(.*\)", "time", re.sub(r"in \d+\.\d\ds", "in time", re.sub(r" \.{2,} ", " .. ", text)))


# What is called one after the other on a project, and where the project stands.
LOGGED = [
    ("tests/projects", "endings", ["build", "retry", "seed --full-refresh", "run-operation nothing_here"]),
]
# Names of folders, which differ, and what dbt writes in the order of a hash.
PLACES = {"log_path", "profiles_dir", "project_dir", "invocation_command", "state"}


def listen(side, calls):
    """Runs calls, and returns the lines that each printed and the run_results.json that it left."""
    side.run.use_database(None)
    flags = ["--log-format", "json", "--log-level", "debug", "--no-use-colors"]
    heard = []
    for call in calls:
        results = side.run.project / "target/run_results.json"
        if call != "retry":
            results.unlink(missing_ok=True)
        _, out = side.run.command(*flags, *shlex.split(call), may_fail=True)
        heard.append([out.splitlines(), side.run.artifact("run_results.json")])
    return heard


def events_of(lines):
    """Returns the events of a call by node, in their order."""
    events = {}
    for line in lines:
        event = json.loads(line)
        info, data = event["info"], event["data"]
        if info["name"] in LEFT_OUT or info["name"] == "Formatting" or "skipping partial parsing" in info["msg"]:
            continue
        node = (data.get("node_info") or {}).get("unique_id", "")
        # nexus does not run ephemeral models on their own, and tells of a unit test in one form.
        if (data.get("node_info") or {}).get("materialized") == "ephemeral":
            continue
        if node.startswith("unit_test.") and info["name"] == "LogTestResult":
            del data["node_info"]
        own = info["name"] in OWN
        entry = {"name": info["name"], "code": info["code"], "level": info["level"],
                 "data": {} if own else steady(data), "msg": "" if own else told(info["msg"])}
        events.setdefault(node, []).append(entry)
    return events


def reduce_log(calls, heard):
    """Returns what is compared of calls: events by node, results, arguments."""
    answer = {}
    for number, (call, (lines, results)) in enumerate(zip(calls, heard, strict=True)):
        parts = events_of(lines)
        if results is not None:
            parts["run_results.json"] = sorted((steady(result) for result in results["results"]), key=lambda r: r["unique_id"])
            args = {key: value for key, value in results["args"].items() if key not in PLACES}
            parts["args of run_results.json"] = [args, sorted(PLACES & set(results["args"]))]
        answer.update({f"{number + 1}. {call}: {node or 'the run'}": part for node, part in parts.items()})
    return answer


def compare_log(args):
    """Returns whether calls are logged as by dbt."""
    before = compare.PROJECTS
    try:
        return all([compare_logged(*case, args) for case in LOGGED if not args.project or case[1] in args.project])
    finally:
        compare.PROJECTS = before


def compare_logged(root, name, calls, args):
    compare.PROJECTS = compare.ROOT / root
    key = compare.hashlib.sha256("\n".join(calls).encode()).hexdigest()[:8]
    kept = compare.CACHE / "oracle" / f"log-{compare.oracle_key(name, args.dbt)}-{key}.json"
    answers = []
    for is_oracle in (True, False):
        if is_oracle and kept.exists():
            answers.append(json.loads(kept.read_text()))
            continue
        with contextlib.closing(Side(name, args, is_oracle)) as side:
            answers.append(json.loads(json.dumps(listen(side, calls)).replace(str(side.scratch), "SCRATCH")))
        if is_oracle:
            kept.parent.mkdir(parents=True, exist_ok=True)
            fresh = kept.with_suffix(f".{os.getpid()}")
            fresh.write_text(json.dumps(answers[0]))
            fresh.rename(kept)
    theirs, ours = (reduce_log(calls, heard) for heard in answers)
    well = True
    for node in sorted(set(theirs) | set(ours)):
        left, right = theirs.get(node, []), ours.get(node, [])
        if left != right:
            well = False
            print(f"{name}: log: {node}: DIFFERENT")
            print(compare.diff_of({"oracle": json.dumps(left, indent=1, sort_keys=True), "nexus": json.dumps(right, indent=1, sort_keys=True)}, args.diff_lines))
    print(f"{name}: log: {sum(map(len, theirs.values()))} events and results of {len(theirs)} nodes and runs" + (": equal" if well else ""))
    return well


ASK = {"parser": ask_parser, "bouncer": ask_bouncer, "dagster": ask_dagster, "cosmos": ask_cosmos}


def ask_oracle(name, args, client):
    """Returns what a client makes of dbt-core, from the cache where it is there."""
    oracle, built = compare.ask_oracle(name, args.dbt, args.nexus, use_cache=True)
    oracle["catalogs"] = compare.ask_oracle_for("catalogs", compare.catalogs_of, name, args.dbt, args.nexus, built, use_cache=True)
    digest = compare.hashlib.sha256(PROCEDURE.encode())
    for path in sorted(SCRIPTS.iterdir()):
        digest.update(path.read_bytes())
    kept = built.parent / f"client-{client}-{digest.hexdigest()[:16]}.json"
    if kept.exists():
        return json.loads(kept.read_text())
    side = Side(name, args, is_oracle=True)
    try:
        lay_out_artifacts(side.run, oracle, built)
        answer = side.ask(client, args.python)
        fresh = kept.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(answer))
        fresh.rename(kept)
        return answer
    finally:
        side.close()


def count(value):
    """Returns how many things an answer tells of."""
    if isinstance(value, dict):
        return sum(count(part) for part in value.values() if isinstance(part, (dict, list))) or len(value)
    return len(value)


def compare_client(name, client, args):
    """Returns whether a client makes the same of both tools."""
    theirs = ask_oracle(name, args, client)
    side = Side(name, args, is_oracle=False)
    try:
        make_artifacts(side.run)
        ours = side.ask(client, args.python)
    finally:
        side.close()
    if theirs == ours:
        print(f"{name}: {client}: equal, {count(ours)} things")
        return True
    shown = compare.diff_of({"oracle": theirs, "nexus": ours}, args.diff_lines)
    print(f"{name}: {client}: DIFFERENT\n{shown}")
    return False


def check_schemas(names, args):
    """Returns whether all artifacts that nexus makes of these projects fit the published schemas."""
    with contextlib.ExitStack() as stack, concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        sides = [stack.enter_context(contextlib.closing(Side(name, args, is_oracle=False))) for name in names]
        list(pool.map(lambda side: make_artifacts(side.run), sides))
        targets = {str(side.run.project / "target"): side.run.name for side in sides}
        answer = run_script(args.dbt.parent / "python", "check_schemas.py", *targets, env=sides[0].env, cwd=sides[0].scratch)
    fitting = 0
    for path, faults in answer.items():
        fitting += not faults
        if faults:
            print(f"{targets[str(Path(path).parent)]}: {Path(path).name}: {len(faults)} faults")
        for fault in faults[:20]:
            print(f"  {fault}")
    print(f"schemas: {fitting} of {len(answer)} artifacts of {len(names)} projects fit")
    return fitting == len(answer)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--nexus", type=Path, required=True, help="the nexus binary")
    parser.add_argument("--dbt", type=Path, default=compare.CACHE / "dbt-oracle/bin/dbt", help="the oracle's dbt (oracle.sh)")
    parser.add_argument("--python", type=Path, default=compare.CACHE / "clients/bin/python", help="the clients' Python (clients.sh)")
    parser.add_argument("--client", action="append", choices=CLIENTS, help="default all")
    parser.add_argument("--project", action="append", help="a project of compare.py; default all for schemas, dag_and_tests for others")
    parser.add_argument("--diff-lines", type=int, default=60)
    args = parser.parse_args()
    args.nexus, args.dbt, args.python = args.nexus.resolve(), args.dbt.absolute(), args.python.absolute()
    everything = sorted(p.name for p in compare.PROJECTS.iterdir() if (p / "dbt_project.yml").exists()) + sorted(compare.OF_THE_FRAMEWORK)
    well = True
    for client in args.client or CLIENTS:
        if client == "schemas":
            well &= check_schemas(args.project or everything, args)
            continue
        if client == "log":
            well &= compare_log(args)
            continue
        for name in args.project or ["dag_and_tests"]:
            well &= compare_client(name, client, args)
    return 0 if well else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except compare.Failure as failure:
        print(f"clients.py: {failure}", file=sys.stderr)
        sys.exit(2)
