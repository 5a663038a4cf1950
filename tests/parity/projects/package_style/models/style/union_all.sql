{%- set relations = [ref('orders'), ref('events')] -%}
{%- set column_superset = {} -%}
{%- set relation_columns = {} -%}
{%- for relation in relations -%}
  {%- do relation_columns.update({relation: []}) -%}
  {%- if execute -%}
  {%- for col in adapter.get_columns_in_relation(relation) -%}
    {%- do relation_columns[relation].append(col.column) -%}
    {%- if col.column in column_superset -%}
      {%- set stored = column_superset[col.column] -%}
      {%- if col.is_string() and stored.is_string() and col.string_size() > stored.string_size() -%}
        {%- do column_superset.update({col.column: col}) -%}
      {%- endif -%}
    {%- else -%}
      {%- do column_superset.update({col.column: col}) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- endif -%}
{%- endfor -%}
{%- set ordered_column_names = column_superset.keys() -%}
{%- for relation in relations %}
        (
            select
                cast({{ dbt.string_literal(relation.identifier) }} as {{ dbt.type_string() }}) as _source,
                {% for col_name in ordered_column_names -%}
                    {%- set col = column_superset[col_name] %}
                    {%- set col_type = column_superset[col_name].data_type %}
                    {%- set col_name = adapter.quote(col_name) if col_name in relation_columns[relation] else 'null' %}
                    cast({{ col_name }} as {{ col_type }}) as {{ col.quoted }} {% if not loop.last %},{% endif -%}
                {%- endfor %}
            from {{ relation }}
        )
        {% if not loop.last -%}
            union all
        {% endif -%}
{%- endfor -%}
