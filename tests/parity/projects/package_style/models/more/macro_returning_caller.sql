{%- set body -%}{%- call twice_over() -%}inner{%- endcall -%}{%- endset -%}
{{ body }} {{ body | length }}
