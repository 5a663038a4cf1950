{% macro greet(name='you') %}{{ log('hello ' ~ name, info=true) }}{{ print('printed') }}{% endmacro %}
{% macro refuse() %}{{ exceptions.raise_compiler_error('no') }}{% endmacro %}
