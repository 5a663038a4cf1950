{%- set s = source('seeded', 'people') -%}
select '{{ s.schema }}' as schema_name, '{{ s.identifier }}' as identifier, '{{ s.name }}' as name, '{{ s.render() | replace(target.database, "DB") }}' as rendered
