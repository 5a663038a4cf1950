select '2' as v
