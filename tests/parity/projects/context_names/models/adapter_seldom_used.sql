{%- if execute %}
{%- set answers = run_query("select 1 as a, 'x' as b, 1.5 as c, true as d, date '2020-01-01' as e, timestamp '2020-01-01' as f") %}
select
    '{{ adapter.already_exists(target.schema, 'there_is_no_such_table') }}' as already_exists,
    '{{ adapter.location_exists('there_is_no_such_file.csv') }}' as location_exists,
    '{{ adapter.disable_transactions() }}' as disable_transactions,
    {%- for name in answers.column_names %}
    '{{ adapter.convert_type(answers, loop.index0) }}' as type_of_{{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- else %}
select '{{ adapter.already_exists(target.schema, 'x') }}' as a, '{{ adapter.get_columns_in_table(target.schema, 'x') }}' as b
{%- endif %}
