{{ cells([
  ('iterable', [[1] is iterable, 'a' is iterable, 1 is iterable, {} is iterable]),
  ('mapping', [{} is mapping, [] is mapping, namespace() is mapping]),
  ('sequence', [[] is sequence, 'a' is sequence, {} is sequence, (1,) is sequence, range(2) is sequence, 1 is sequence]),
]) }}
