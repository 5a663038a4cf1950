{{ fromjson('[1, {"a": null}]') }}
{{ fromjson('nope', 5) }}
{{ fromjson('nope') }}
{{ tojson({'a': [1, none, true, 1.5, 'é"']}) }}
{{ tojson({'b': 1, 'a': 2}, sort_keys=True) }}
{{ fromyaml('{a: 1, b: [x]}') }}
{{ fromyaml('a: {', 'd') }}
{{ toyaml({'a': [1, {'b': 'x y'}], 'c': 'yes', 'd': '1', 'e': '', 'f': none, 'g': "it's: x"}) }}
{{ set([1, 1]) }}
{{ set(none, 'd') }}
{{ set_strict([2]) }}
{{ zip([1], [2]) | list }}
{{ zip(1, 2, default='z') }}
{{ diff_of_two_dicts({'a': ['x', 'Y']}, {'A': ['y']}) }}
{{ render('{' ~ '{ 1 + 1 }}') }}
{{ try_or_compiler_error('m', fromjson, '{"a": 1}') }}
