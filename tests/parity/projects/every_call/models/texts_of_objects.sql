{#- What relations and columns look like alone, within lists and dictionaries, and told apart. -#}
{%- set people = ref('people') -%}
{%- set found = [] -%}
{%- if execute -%}
    {%- set found = adapter.get_columns_in_relation(people) -%}
{%- endif -%}
{%- set texts = [
    people,
    [people, this],
    {'relation': people},
    (people,),
    [people] | string,
    found,
    found[0],
    [people.include(database=false)],
    [people.incorporate(path={'identifier': 'other'})],
    [people.information_schema()],
    [api.Relation.create(schema='s', identifier='i')] if execute else '',
    [load_relation(people)] if execute else '',
] -%}
{%- for text in texts %}
select '{{ text | string | replace("'", "''") }}' as shown
{%- if not loop.last %} union all {% endif %}
{%- endfor %}
