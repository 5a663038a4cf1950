{{ cells([
  ('is_list', [1] | is_list),
  ('as_text', 5 | as_text),
  ('as_bool', 'true' | as_bool),
  ('as_number', '5' | as_number),
  ('as_native', '[1]' | as_native),
]) }}
