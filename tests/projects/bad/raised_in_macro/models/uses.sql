select {{ outer(-1) }} as id
