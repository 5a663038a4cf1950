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
    numbers = dbt.ref("python_models", "numbers")
    name = dbt.config.get("name")
    if dbt.is_incremental:
        highest = session.sql(f"select max(id) from {dbt.this}").fetchone()[0]
        return numbers.filter(f"id >= {highest - 1}").project("id, total * 10 as total")
    return numbers.filter(f"id < {math.pi}").project("id, total")
