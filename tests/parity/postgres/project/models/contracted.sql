{{ config(contract={'enforced': true}) }}
select name::varchar(20) as name, id, coalesce(amount, 0)::numeric(12,2) as amount, seen_at, ok from {{ ref('plain') }}
