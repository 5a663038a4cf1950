{{ cells([
  ('dictsort', {'b': 1, 'A': 2, 'c': 0} | dictsort),
  ('dictsort_value', {'b': 1, 'A': 2} | dictsort(by='value')),
  ('dictsort_reverse', {'b': 1, 'A': 2} | dictsort(false, 'key', true)),
  ('dictsort_case', {'b': 1, 'B': 2} | dictsort(true)),
]) }}
