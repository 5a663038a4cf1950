{{ cells([
  ('truncate', 'the quick brown fox jumps' | truncate(12)),
  ('truncate_kill', 'the quick brown fox' | truncate(12, true)),
  ('truncate_end', 'the quick brown fox' | truncate(12, false, '..', 0)),
  ('truncate_leeway', 'the quick brown' | truncate(11)),
]) }}
