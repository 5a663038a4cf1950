def model(dbt, session):
    return dbt.ref("numbers").project("id, total + 1 as total")
