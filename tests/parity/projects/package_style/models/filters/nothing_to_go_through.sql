{# Filters that go through a list take none and other values that are false for an empty list. #}
{% set gone = none %}
select
  '{{ gone | map("lower") | list }}' as mapped,
  '{{ gone | map(attribute="name") | join(",") }}' as attributes,
  '{{ gone | select("string") | list }}' as selected,
  '{{ gone | reject("none") | list }}' as rejected,
  '{{ gone | selectattr("name") | list }}' as selected_by,
  '{{ gone | rejectattr("name", "equalto", 1) | list }}' as rejected_by,
  '{{ 0 | map("lower") | list }}{{ false | select | list }}{{ "" | map("upper") | list }}' as others,
  {{ 'a' in gone | map("lower") }} as found
