{%- if execute -%}{{ adapter.get_partitions_metadata('a.b') }}{%- endif %}
select 1 as id
