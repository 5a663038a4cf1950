{{ cells([
  ('plain', var('plain')), ('number', var('number')), ('number_plus', var('number') + 1), ('fraction', var('fraction')), ('truth', var('truth')), ('nothing', var('nothing')), ('nothing_default', var('nothing', 'not used')), ('nested', var('nested')), ('nested_leaf', var('nested').inner.leaf), ('nested_list', var('nested')['inner']['list'][1:]),
  ('items', var('items_list')), ('rendered', var('rendered')), ('scoped', var('scoped')), ('default', var('absent', 'fallback')), ('default_list', var('absent', [1, 2])), ('default_none', var('absent', none)), ('default_named', var('absent', default='n')), ('has_var', var.has_var('plain')), ('has_not', var.has_var('absent')),
]) }}
