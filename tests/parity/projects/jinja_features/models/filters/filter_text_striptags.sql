{{ cells([
  ('striptags', '<p>a <b>b</b></p>' | striptags),
]) }}
