{# The table of a model in Python: the code, and the function that writes the frame that it returns. #}
{% macro py_write_table(temporary, relation, compiled_code, partitioned_by=none, sorted_by=none) -%}
{{ compiled_code }}

def materialize(df, con):
    frame = '__dbt_python_model_df_' + {{ tojson(relation.identifier) }}
    con.register(frame, df)
    con.execute({{ tojson('create ' ~ ('temporary ' if temporary else '') ~ 'table ' ~ relation ~ ' as select * from ') }} + f'"{frame}"')
    con.unregister(frame)
{% endmacro %}

{# The name under which MotherDuck would keep a model in Python: the parts that the model has, joined by dashes. #}
{% macro flight_name(parsed_model) -%}
  {{ return(adapter.dispatch('flight_name', 'dbt')(parsed_model)) }}
{%- endmacro %}

{% macro default__flight_name(parsed_model) -%}
  {{ return(duckdb__flight_name(parsed_model)) }}
{%- endmacro %}

{% macro duckdb__flight_name(parsed_model) -%}
  {%- set named = [
      parsed_model.get('package_name'), parsed_model.get('database'), parsed_model.get('schema'),
      parsed_model.get('alias') or parsed_model.get('name')] -%}
  {{ return((['dbt'] + (named | select | list)) | join('-')) }}
{%- endmacro %}
