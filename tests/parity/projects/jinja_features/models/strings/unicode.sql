-- ünïcödé in comments: 日本語 🙂
{%- set nàme = 'wörld' %}
{{ cells([
  ('accents', 'naïve café'), ('upper', 'straße' | upper), ('emoji_length', '🙂🙂' | length), ('cjk', '日本語'[1]), ('escape', '\u00e9\x41\U0001F642'),
  ('combined', 'e\u0301' | length), ('variable', nàme), ('center', 'é' | center(5)), ('reverse', 'añb' | reverse),
]) }}
