{{ cells([
  ('float_int_like', 3.0), ('float_16', 1e16), ('float_15', 123456789012345.0), ('float_neg_exp', 1.5e-7), ('float_third', 1 / 3), ('nested', {'a': [1.0, (true, none)], 'b': {'c': "it's"}}),
  ('tuple_strings', ('a', "b'c")), ('list_of_tuples', [(1, 'a')]), ('bool_list', [true, false]), ('control', ['\x00\x1f\x7f']), ('newline', ['a\nb']), ('tilde', [1] ~ {'a': 1}), ('joined', [1, none, true] | join(',')),
]) }}
