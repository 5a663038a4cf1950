WITH mine AS (SELECT * FROM {{ ref('eph_middle') }})
SELECT * FROM mine
