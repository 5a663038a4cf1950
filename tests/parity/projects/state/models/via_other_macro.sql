select {{ untouched() }} as id
