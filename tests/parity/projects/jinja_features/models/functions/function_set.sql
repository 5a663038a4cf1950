{{ cells([
  ('set', set([1, 2, 2]) | sort),
  ('set_default', set(5, 'no')),
  ('set_strict', set_strict('aab') | sort | join),
  ('set_ops', set([1, 2]).union([3]) | sort),
  ('set_difference', set([1, 2, 3]).difference(set([2])) | sort),
  ('set_intersection', set([1, 2]).intersection([2, 3]) | list),
  ('set_print', set([7])),
]) }}
