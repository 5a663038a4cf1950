{{ cells([
  ('unqualified', who_am_i()), ('root', jinja_features.who_am_i()), ('alpha', alpha.who_am_i()), ('beta', beta.who_am_i()), ('only_alpha', alpha.only_in_alpha()),
  ('sibling_sees_root', alpha.calls_sibling()), ('context_lookup', context['who_am_i']()), ('package_var', alpha['who_am_i']()),
]) }}
