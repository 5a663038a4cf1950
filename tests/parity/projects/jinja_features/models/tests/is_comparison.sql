{{ cells([
  ('eq', [1 is eq 1, 1 is equalto(2), 1 is sameas 1, true is sameas 1]),
  ('order', [1 is lt 2, 1 is le 1, 2 is gt 1, 2 is ge 3, 1 is ne 1, 1 is lessthan(0), 2 is greaterthan 1]),
]) }}
