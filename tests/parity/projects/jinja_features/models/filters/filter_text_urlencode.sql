{{ cells([
  ('urlencode', 'a b&c/d?é' | urlencode),
  ('urlencode_dict', {'a': 1, 'b': 'x y'} | urlencode),
]) }}
