{{ cells([
  ('add', 1 + 2), ('sub', 1 - 2.5), ('mul', 3 * 4), ('true_div', 7 / 2), ('even_div', 6 / 2),
  ('floor_div', 7 // 2), ('floor_div_negative', -7 // 2), ('floor_div_float', 7.5 // 2),
  ('mod', 7 % 3), ('mod_negative', -7 % 3), ('pow', 2 ** 10), ('pow_negative', 2 ** -1), ('pow_big', 2 ** 70),
  ('precedence', 2 + 3 * 4 ** 2), ('parens', (2 + 3) * 4), ('unary_pow', -2 ** 2),
  ('concat', 1 ~ 'a' ~ none ~ true ~ 1.0), ('str_mul', 'ab' * 3), ('list_add', [1] + [2, 3]), ('list_mul', [0] * 3),
  ('tuple_add', (1,) + (2,)), ('str_add', 'a' + 'b'), ('bool_add', true + true),
  ('round_trip', (0.1 + 0.2) * 10), ('int_float', 1 + 1.0), ('float_int_eq', 1 == 1.0),
]) }}
