{{ cells([
  ('local_md5', local_md5('hello')),
  ('local_md5_unicode', local_md5('é')),
  ('local_md5_empty', local_md5('')),
]) }}
