{# Constraints of contracts, added once the table is there: those that Delta enforces (not null, check) fail the node
   where rows break them; keys are kept for readers and planners. #}

{% macro persist_constraints(relation, model) -%}
  {{ return(adapter.dispatch('persist_constraints', 'dbt')(relation, model)) }}
{%- endmacro %}

{% macro databricks__persist_constraints(relation, model) -%}
  {%- if not (config.get('contract') or {}).enforced -%}
    {{ return('') }}
  {%- elif not _is_delta() -%}
    {%- do exceptions.warn('Constraints are there for the format delta only: those of ' ~ relation ~ ' are left out') -%}
    {{ return('') }}
  {%- endif -%}
  {%- set first, then = [], [] -%}
  {%- for column in model.columns.values() -%}
    {%- for constraint in column.constraints or [] -%}
      {%- do (first if constraint.type == 'not_null' else then).append(_constraint(relation, constraint, [column.name])) -%}
    {%- endfor -%}
  {%- endfor -%}
  {%- for constraint in model.constraints or [] -%}
    {%- do (first if constraint.type == 'not_null' else then).append(_constraint(relation, constraint, constraint.columns or [])) -%}
  {%- endfor -%}
  {%- for texts in first + then -%}
    {%- for text in texts -%}
      {%- call statement('add_constraint') -%}
        {{ text }}
      {%- endcall -%}
    {%- endfor -%}
  {%- endfor -%}
{%- endmacro %}

{# The statements for one constraint. #}
{% macro _constraint(relation, constraint, columns) -%}
  {%- set quoted = [] -%}
  {%- for name in columns -%}
    {%- do quoted.append(adapter.quote(name)) -%}
  {%- endfor -%}
  {%- set kind, expression = constraint.type | string, constraint.expression -%}
  {%- set seed = kind ~ relation.identifier ~ (columns | join('_')) ~ (expression or '') -%}
  {%- set add = 'alter table ' ~ relation.render() ~ ' add constraint ' ~ (constraint.name or 'c_' ~ local_md5(seed)) -%}
  {%- if kind == 'not_null' -%}
    {%- set texts = [] -%}
    {%- for name in quoted -%}
      {%- do texts.append('alter table ' ~ relation.render() ~ ' alter column ' ~ name ~ ' set not null') -%}
    {%- endfor -%}
    {{ return(texts) }}
  {%- elif kind == 'check' -%}
    {{ return([add ~ ' check (' ~ expression ~ ')']) }}
  {%- elif kind == 'primary_key' -%}
    {{ return([add ~ ' primary key (' ~ (quoted | join(', ')) ~ ')' ~ (' ' ~ expression if expression else '')]) }}
  {%- elif kind == 'foreign_key' and constraint.to -%}
    {{ return([add ~ ' foreign key (' ~ (quoted | join(', ')) ~ ') references ' ~ constraint.to
        ~ (' (' ~ (constraint.to_columns | join(', ')) ~ ')' if constraint.to_columns else '')]) }}
  {%- elif kind == 'foreign_key' -%}
    {{ return([add ~ ' foreign key (' ~ (quoted | join(', ')) ~ ') references ' ~ (expression or '')]) }}
  {%- elif kind == 'custom' and expression -%}
    {{ return([add ~ ' ' ~ expression]) }}
  {%- endif -%}
  {%- do exceptions.warn('Constraints of the type `' ~ kind ~ '` are not there in Databricks: that of ' ~ relation ~ ' is left out') -%}
  {{ return([]) }}
{%- endmacro %}
