{%- set results = [] -%}
{%- call(x) collect(['a', 'b']) -%}{%- do results.append(x) -%}[{{ x }}]{%- endcall -%}
{{ results }}
