{%- set re = modules.re -%}
{%- set compiled = re.compile('[aeiou]', re.IGNORECASE) -%}
{{ cells([
  ('compiled_sub', compiled.sub('*', 'Education')),
  ('compiled_findall', compiled.findall('Apple')),
  ('compiled_pattern', compiled.pattern),
]) }}
