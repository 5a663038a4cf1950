{%- set it = modules.itertools -%}
{{ cells([
  ('chain', it.chain([1, 2], 'ab') | list), ('product', it.product([1, 2], ['a', 'b']) | list), ('product_repeat', it.product([0, 1], repeat=2) | list), ('combinations', it.combinations('abc', 2) | list), ('permutations', it.permutations([1, 2, 3], 2) | list), ('with_replacement', it.combinations_with_replacement([1, 2], 2) | list), ('zip_longest', it.zip_longest([1, 2], ['a'], fillvalue='-') | list), ('accumulate', it.accumulate([1, 2, 3]) | list), ('islice', it.islice(it.count(5), 3) | list), ('repeat', it.repeat('x', 3) | list), ('compress', it.compress('abcd', [1, 0, 1, 0]) | list), ('chained', it.chain([1], [2]) | map('string') | join('+')),
]) }}
