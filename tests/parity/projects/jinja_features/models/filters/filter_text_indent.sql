{{ cells([
  ('indent', 'a\nb\n\nc' | indent),
  ('indent_first', 'a\nb' | indent(2, true)),
  ('indent_blank', 'a\n\nb' | indent(2, blank=true)),
  ('indent_text', 'a\nb' | indent('> ')),
]) }}
