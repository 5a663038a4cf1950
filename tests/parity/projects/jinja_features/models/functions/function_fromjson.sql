{{ cells([
  ('fromjson', fromjson('{"b": [1, 2.5, null, true], "a": "x"}')),
  ('fromjson_bad', fromjson('{', default='bad')),
  ('fromjson_none', fromjson('nope')),
]) }}
