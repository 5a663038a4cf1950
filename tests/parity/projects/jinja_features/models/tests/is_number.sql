{{ cells([
  ('divisibleby', [9 is divisibleby 3, 9 is divisibleby(2)]),
  ('even_odd', [2 is even, 2 is odd, 3 is odd]),
  ('float', [1.0 is float, 1 is float]),
  ('integer', [1 is integer, true is integer, 1.0 is integer]),
  ('number', [1 is number, 1.5 is number, true is number, '1' is number]),
]) }}
