select 1 as id, 'it''s' as "Mixed Case"
