{{ cells([
  ('find', 'abc'.find('c')),
  ('find_missing', 'abc'.find('z')),
  ('rfind', 'abab'.rfind('ab')),
  ('index', 'abc'.index('b')),
  ('count', 'banana'.count('an')),
]) }}
