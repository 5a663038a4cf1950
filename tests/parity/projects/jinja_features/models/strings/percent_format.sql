{{ cells([
  ('s', '%s' % 'x'), ('many', '%s-%s' % ('a', 1)), ('d', '%d' % 42), ('padded', '%05d' % 42), ('float', '%.2f' % 3.14159), ('left', '%-5s|' % 'a'), ('named', '%(k)s' % {'k': 'v'}),
  ('percent', '100%%' % ()), ('hex', '%x' % 255), ('repr', '%r' % "it's"), ('list', '%s' % [1, 2]), ('none', '%s' % none), ('plus', '%+d' % 5), ('exp', '%e' % 12345.678), ('g', '%g' % 0.0001), ('filter', '%s=%s' | format('k', 'v')),
  ('filter_named', '%(a)s' | format(a=1)),
]) }}
