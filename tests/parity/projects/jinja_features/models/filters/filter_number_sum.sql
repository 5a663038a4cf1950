{{ cells([
  ('sum', [1, 2, 3] | sum),
  ('sum_float', [0.1, 0.2] | sum),
  ('sum_attr', [{'v': 1}, {'v': 2}] | sum('v')),
  ('sum_start', [1] | sum(start=10)),
]) }}
