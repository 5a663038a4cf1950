select {{ helper() }} as id
