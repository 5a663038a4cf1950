{% if false %}select * from {{ ref('alpha_model') }}{% endif %}
select 1 as id
