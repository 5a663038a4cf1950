{# The table of a model in Python: the code, and the function that writes the frame that it returns. #}
{% macro py_write_table(temporary, relation, compiled_code, partitioned_by=none, sorted_by=none) -%}
{{ compiled_code }}

def materialize(df, con):
    frame = '__dbt_python_model_df_' + {{ tojson(relation.identifier) }}
    con.register(frame, df)
    con.execute({{ tojson('create ' ~ ('temporary ' if temporary else '') ~ 'table ' ~ relation ~ ' as select * from ') }} + f'"{frame}"')
    con.unregister(frame)
{% endmacro %}
