# -*- comments with dbt.ref("nothing") are text -*-
import datetime


def rows(frame, low):
    return frame.filter(f"id > {low}")


def model(dbt, session):
    dbt.config(materialized="table", tags=["of_python"], packages=["numpy==1.0"], low=1, items=[1, "a'b", None])
    # dbt.ref("not_this")
    note = "dbt.ref('nor this')"
    low = dbt.config.get("low")
    otherwise = dbt.config.get("absent", {"x": [1.5, True, None, "it's"], "é": "\\"})
    owner = dbt.config.meta_get("owner")
    nobody = dbt.config.meta_get("nobody", "none")
    joined = dbt.ref("numbers").join(dbt.ref("versioned", v=1), "id")
    other = dbt.source("raw", "events")
    newest = dbt.ref("versioned")
    second = dbt.ref("python_models", "versioned", version=2)
    shown = f"{dbt.ref('numbers').columns}"
    assert owner == "ada" and nobody == "none" and otherwise["x"][3] == "it's", note
    return rows(other, low)
