select {{ dbt.current_timestamp() }} is not null as a, {{ current_timestamp_backcompat() }} is not null as b, {{ dbt.snapshot_get_time() }} is not null as c
