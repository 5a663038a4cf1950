{%- call(item, n=0) frame('list', items=['a', 'b']) -%}({{ n }}:{{ item }}){%- endcall %}
{% call frame('none') %}unused{% endcall %}
{{ opt() }} {% call opt() %}with{% endcall %}
