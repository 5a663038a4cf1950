{% if execute %}{{ exceptions.raise_compiler_error('said no') }}{% endif %}
