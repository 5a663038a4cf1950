{{ cells([
  ('isdigit', '12'.isdigit()),
  ('isalpha', 'ab1'.isalpha()),
  ('isalnum', 'ab1'.isalnum()),
  ('isupper', 'AB'.isupper()),
  ('islower', 'ab'.islower()),
  ('isspace', ' '.isspace()),
  ('isnumeric', '5'.isnumeric()),
  ('isidentifier', 'a_b'.isidentifier()),
  ('istitle', 'Ab'.istitle()),
]) }}
