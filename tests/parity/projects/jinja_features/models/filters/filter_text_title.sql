{{ cells([
  ('title', "they're bill's o'neil-smith" | title),
]) }}
