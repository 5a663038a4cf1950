def model(dbt, session):
    dbt.config(materialized="table", tags=["of_python"], packages=["numpy==1.0"])
    # dbt.ref("not_this")
    note = "dbt.ref('nor this')"
    numbers = dbt.ref("numbers")
    other = dbt.source("raw", "events")
    return numbers
