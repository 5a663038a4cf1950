{#- Renders CTEs that end with `filled`: each value carried forward to the next change of it, a change to null as null. points: CTE with one row a
    key and instant `changed_at`, and value_1, changed_1 (1 where value_1 changes, else 0), value_2, … keys: its key columns. names: how the values are
    called in `filled`. kept: other columns. By database: where a window can skip nulls one sort serves all values; else each value has runs of its own. -#}
{% macro nexus_carry_forward(points, keys, names, kept=[]) -%}
  {{ return(adapter.dispatch('nexus_carry_forward', 'nexus')(points, keys, names, kept)) }}
{%- endmacro %}

{% macro default__nexus_carry_forward(points, keys, names, kept) -%}
runs as (
    select
        {{ keys | join(', ') }},
        {%- for name in names %}
        value_{{ loop.index }},
        sum(changed_{{ loop.index }}) over (partition by {{ keys | join(', ') }} order by changed_at rows between unbounded preceding and current row) as run_{{ loop.index }},
        {%- endfor %}
        {%- for column in kept %}
        {{ column }},
        {%- endfor %}
        changed_at
    from {{ points }}
),

filled as (
    select
        {{ keys | join(', ') }},
        {%- for name in names %}
        max(value_{{ loop.index }}) over (partition by {{ keys | join(', ') }}, run_{{ loop.index }}) as {{ name }},
        {%- endfor %}
        {%- for column in kept %}
        {{ column }},
        {%- endfor %}
        changed_at
    from runs
)
{%- endmacro %}

{#- A value carries a mark, so that a change to null is no null. -#}
{% macro duckdb__nexus_carry_forward(points, keys, names, kept) -%}
carried as (
    select
        {{ keys | join(', ') }},
        {%- for name in names %}
        last_value(case when changed_{{ loop.index }} = 1 then coalesce('=' || value_{{ loop.index }}, '-') end ignore nulls) over changes as carried_{{ loop.index }},
        {%- endfor %}
        {%- for column in kept %}
        {{ column }},
        {%- endfor %}
        changed_at
    from {{ points }}
    window changes as (partition by {{ keys | join(', ') }} order by changed_at rows between unbounded preceding and current row)
),

filled as (
    select
        {{ keys | join(', ') }},
        {%- for name in names %}
        case when carried_{{ loop.index }} <> '-' then substring(carried_{{ loop.index }}, 2) end as {{ name }},
        {%- endfor %}
        {%- for column in kept %}
        {{ column }},
        {%- endfor %}
        changed_at
    from carried
)
{%- endmacro %}
