{{ cells([
  ('defined', [x is defined, cell is defined, {'a': none}.a is defined]),
  ('undefined', [x is undefined, 1 is undefined]),
]) }}
