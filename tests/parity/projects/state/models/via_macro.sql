select {{ plain() }} as id
