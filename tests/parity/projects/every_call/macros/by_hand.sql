{# A materialization that does by hand what dbt's own do: with intermediate and backup relations, indexes, grants, comments. #}
{% materialization by_hand, default %}
  {%- set wanted = this.incorporate(type='table') -%}
  {%- set there = load_cached_relation(this) -%}
  {%- set intermediate = make_intermediate_relation(wanted) -%}
  {%- set backup = make_backup_relation(wanted, 'table' if there is none else there.type) -%}
  {%- set grants = config.get('grants') -%}
  {% do drop_relation_if_exists(load_cached_relation(intermediate)) %}
  {% do drop_relation_if_exists(load_cached_relation(backup)) %}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}
  {% call statement('main') -%}
    {{ get_create_table_as_sql(False, intermediate, sql) }}
  {%- endcall %}
  {% if there is not none %}{% do adapter.rename_relation(there, backup) %}{% endif %}
  {% do adapter.rename_relation(intermediate, wanted) %}
  {% do apply_grants(wanted, grants, should_revoke(there, full_refresh_mode=True)) %}
  {% do persist_docs(wanted, model) %}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {{ adapter.commit() }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {% do create_indexes(wanted) %}
  {{ run_hooks(post_hooks, inside_transaction=False) }}
  {{ return({'relations': [wanted]}) }}
{% endmaterialization %}

{# One that changes a table in place, column by column. #}
{% materialization by_parts, default %}
  {%- set wanted = this.incorporate(type='table') -%}
  {% call statement('drop') -%} drop table if exists {{ wanted }} {%- endcall %}
  {% call statement('main') -%} {{ create_table_as(False, wanted, sql) }} {%- endcall %}
  {% do alter_relation_add_remove_columns(wanted, [api.Column('added', 'INTEGER')], none) %}
  {% do alter_relation_add_remove_columns(wanted, none, [api.Column('name', 'VARCHAR')]) %}
  {% call statement('insert') -%}
    insert into {{ wanted }} {{ get_empty_subquery_sql('select * from ' ~ wanted) }}
  {%- endcall %}
  {% set ours = load_result('insert') %}
  {% do create_columns(wanted, [api.Column('late', 'VARCHAR')]) %}
  {% do alter_column_type(wanted, 'added', 'bigint') %}
  {{ adapter.commit() }}
  {{ return({'relations': [wanted]}) }}
{% endmaterialization %}

{# A strategy of the project's own, on dbt's merge. #}
{% macro get_incremental_ours_sql(arg_dict) %}
  {% do return(get_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'],
                             arg_dict['dest_columns'], arg_dict['incremental_predicates'])) %}
{% endmacro %}

{# And on delete and insert. #}
{% macro get_incremental_theirs_sql(arg_dict) %}
  {% do return(get_delete_insert_merge_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'],
                                           arg_dict['dest_columns'], arg_dict['incremental_predicates'])) %}
{% endmacro %}

{# And on insert alone. #}
{% macro get_incremental_plain_sql(arg_dict) %}
  {% do return(get_insert_into_sql(arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['dest_columns'])) %}
{% endmacro %}
