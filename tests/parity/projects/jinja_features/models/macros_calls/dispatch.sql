{{ cells([
  ('greet_searches_root', alpha.greet('bo')), ('shout_finds_beta', alpha.shout('bo')), ('plain_prefers_adapter', alpha.plain_dispatch()),
  ('direct', adapter.dispatch('greet', 'alpha')('direct')), ('dbt_overridden_by_root', dbt.string_literal("it's")), ('local', adapter.dispatch('greet')('no namespace')),
]) }}
