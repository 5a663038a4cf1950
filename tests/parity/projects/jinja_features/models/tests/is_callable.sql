{{ cells([
  ('callable', [range is callable, 1 is callable, cell is callable]),
]) }}
