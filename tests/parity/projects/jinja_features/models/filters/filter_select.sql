{{ cells([
  ('select', [0, 1, '', 'a'] | select | list),
  ('select_test', [1, 2, 3, 4] | select('divisibleby', 2) | list),
]) }}
