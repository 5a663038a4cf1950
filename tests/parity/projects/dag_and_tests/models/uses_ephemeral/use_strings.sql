select id, 'it''s; with' as a, "name" as b, $$dollar ; with$$ as c from {{ ref('eph_base') }}
