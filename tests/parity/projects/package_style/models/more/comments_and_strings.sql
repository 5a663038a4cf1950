{# a comment with {{ tags }} and {% statements %} #}x{{ "{# not a comment #}" }} {{ '{% raw %}' }} {{ "it's" }} {{ 'say "hi"' }} {{ 'back\\slash' }} {{ "tab\there" }} {{ 'new\nline' | replace('\n', '|') }} {{ "uni\u00e9" }} {{ 'a' 'b' "c" }} {{ "%}" }} {{ '}}' }}
-- {{ '--' }} {# multi
line #} end
