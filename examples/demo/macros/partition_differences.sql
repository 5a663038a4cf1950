{#- Renders the identifiers on which a resolved partition and the true one differ: missing on a side, or in
    an entity that holds identifiers of two keys, or of a key that is spread over two entities. -#}
{% macro partition_differences(resolved, id_column, truth, key_column) -%}
with pairs as (
    select
        coalesce(resolved.identifier_type, truth.identifier_type) as identifier_type,
        coalesce(resolved.identifier_value, truth.identifier_value) as identifier_value,
        resolved.{{ id_column }} as found,
        truth.{{ key_column }} as expected
    from {{ ref(resolved) }} as resolved
    full outer join {{ ref(truth) }} as truth
        on resolved.identifier_type = truth.identifier_type
        and resolved.identifier_value = truth.identifier_value
),

mixed as (
    select found
    from pairs
    group by found
    having min(expected) <> max(expected)
),

spread as (
    select expected
    from pairs
    group by expected
    having min(found) <> max(found)
)

select identifier_type, identifier_value, found, expected
from pairs
where found is null
    or expected is null
    or found in (select found from mixed where found is not null)
    or expected in (select expected from spread where expected is not null)
{%- endmacro %}
