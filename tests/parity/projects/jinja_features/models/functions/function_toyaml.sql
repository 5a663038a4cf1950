{{ cells([
  ('toyaml', toyaml({'b': [1, 'two', none], 'a': {'c': true, 'd': 1.5}})),
  ('toyaml_sorted', toyaml({'b': 1, 'a': 2}, sort_keys=true)),
  ('toyaml_list', toyaml(['x', 'yes', '1', ''])),
]) }}
