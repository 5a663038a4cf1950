{%- set through = return_through() -%}
{{ cells([
  ('list', return_list()), ('list_item', return_list()[1]), ('dict', return_dict()), ('dict_deep', return_dict().b[1]), ('none', return_none()), ('none_is_none', return_none() is none),
  ('nothing', return_nothing()), ('text', return_text()), ('first_above', first_above([1, 5, 9], 4)), ('through', through), ('call_block', return_in_call()),
  ('relation', return_relation().identifier), ('macro_value', return_macro()([7, 8], 7)), ('generator', return_generator(3) | list), ('factorial', factorial(10)),
  ('factorial_big', factorial(25)), ('nested', nested_text(4)), ('in_expression', return_list() | length + return_list()[0]),
]) }}
