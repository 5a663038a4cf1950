"""dbt, looking at the keys of a project on DuckDB as it does on Snowflake, so that no further adapter is needed to compare with it."""

import os

from dbt.cli.main import cli
from dbt.jsonschemas import jsonschemas

if __name__ == "__main__":
    if os.environ.pop("CUSTOM_KEYS_TARGET", "file") == "warehouse":
        jsonschemas._JSONSCHEMA_SUPPORTED_ADAPTERS.add("duckdb")
    cli()
