{{ cells([
  ('filesizeformat', 1234567 | filesizeformat),
  ('filesizeformat_binary', 1234567 | filesizeformat(true)),
]) }}
