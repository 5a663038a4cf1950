select 1 as visit_id, 2 as visitor_id, cast('2024-01-01' as date) as visited_on
