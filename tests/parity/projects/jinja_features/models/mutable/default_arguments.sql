{{ cells([
  ('once', default_from_other(1)), ('again', default_from_other(2)), ('own', default_from_other(3, ['mine'])),
]) }}
