{{ cells([
  ('positional', show_arguments(1, 2, 3)), ('named', show_arguments(third='c', first='a')), ('extra', show_arguments(1, 2, 3, 4, 5, six=6)),
  ('splat', show_arguments(*[1, 2], **{'third': 3, 'other': 4})), ('varargs', only_varargs('a', 'b')), ('none_given', only_varargs()),
  ('kwargs', only_kwargs(b=1, a=2)), ('typed', typed('ab')), ('typed_named', typed(count=3, name='x')), ('missing', missing_argument('g')),
  ('macro_name', show_arguments.name), ('as_value', [only_varargs][0](1)),
]) }}
