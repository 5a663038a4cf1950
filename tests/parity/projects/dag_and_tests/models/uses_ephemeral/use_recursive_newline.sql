WITH
  RECURSIVE tree(n) AS (
    SELECT id FROM {{ ref('eph_base') }}
    UNION ALL
    SELECT n + 1 FROM tree WHERE n < 3
)
SELECT n FROM tree
