{%- set name = 'concat' -%}
{{ adapter.dispatch(name, 'dbt')(["'a'", 'b']) }}
{{ context['toolbox']['overridden']('sub') }}
{{ context.get('toolbox').named() }}
{%- set fn = toolbox['slugify'] %}
{{ fn('Hello World-9') }}
