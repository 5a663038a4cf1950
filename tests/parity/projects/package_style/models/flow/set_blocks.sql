{%- set filters -%}
  {%- for e in var('event_types') -%}
    '{{ e }}'{{ ', ' if not loop.last }}
  {%- endfor -%}
{%- endset -%}
{%- set shout | upper | replace(' ', '_') %}some text{% endset -%}
where kind in ({{ filters | trim }}) /* {{ shout }} */ {{ filters | length }} {{ filters is string }}
