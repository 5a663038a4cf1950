"""Runs the statements of FOLDER/bare.sql in one DuckDB session and writes the seconds that they took to bare.seconds.

The database is a new one each time. The statements and the closing of the database are timed, not the start of Python. Needs the Python package duckdb.
"""
import shutil
import sys
import time
from pathlib import Path

import duckdb

folder = Path(sys.argv[1])
shutil.rmtree(folder / "bare", ignore_errors=True)
(folder / "bare").mkdir()
# The name of the database is that which nexus was given: the statements name it.
connection = duckdb.connect(str(folder / "bare" / "run.duckdb"))
statements = (folder / "bare.sql").read_text()
begun = time.perf_counter()
connection.execute(statements)
# What was written is in the file only after this.
connection.close()
(folder / "bare.seconds").write_text(str(time.perf_counter() - begun))
