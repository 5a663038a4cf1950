import math


def helper(dbt):
    return dbt.config.get("limit", 10)


def model(dbt, session):
    dbt.config(
        materialized="incremental",
        unique_key=["id"],
        tags="of_python",
        limit=5,
    )
    if dbt.is_incremental:
        pass
    name = dbt.config.get("name")
    return dbt.ref("python_models", "numbers").filter(f"id > {math.pi}")
