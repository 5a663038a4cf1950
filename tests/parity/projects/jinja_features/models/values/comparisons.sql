{{ cells([
  ('eq', 1 == 1), ('ne', 1 != 2), ('chain', 1 < 2 < 3), ('chain_false', 1 < 3 < 2), ('in', 1 in [1, 2]), ('not_in', 3 not in [1, 2]),
  ('in_string', 'b' in 'abc'), ('in_dict', 'k' in {'k': 1}), ('and', 1 and 2), ('and_empty', '' and 2), ('or', none or 'x'),
  ('or_zero', 0 or []), ('not', not []), ('not_prec', not 1 == 2), ('ternary', 'y' if 1 else 'n'), ('ternary_no_else', 'y' if 0),
  ('ternary_nested', 'a' if false else 'b' if false else 'c'), ('string_lt', 'a' < 'b'), ('list_eq', [1, 2] == [1, 2]), ('list_lt', [1, 2] < [1, 3]),
  ('dict_eq', {'a': 1} == {'a': 1.0}), ('tuple_list', (1,) == [1]), ('none_eq', none == none), ('bool_int', true == 1), ('is_none', none is none),
  ('is_not', 1 is not none),
]) }}
