{# Grants: roles on tables and views. Names of roles stand in backticks, those who get them in double quotes. #}

{% macro bigquery__get_show_grant_sql(relation) -%}
    {%- set location = bigquery__get_dataset_location(relation) | lower %}
    select privilege_type, grantee
    from {{ adapter.quote(relation.database) }}.{{ adapter.quote('region-' ~ location) }}.INFORMATION_SCHEMA.OBJECT_PRIVILEGES
    where object_schema = "{{ relation.schema }}"
      and object_name = "{{ relation.identifier }}"
      -- the one who runs this has its rights as the owner
      and split(grantee, ':')[offset(1)] != session_user()
{%- endmacro %}

{%- macro _granted_kind(relation) -%}
  {{ return('materialized view' if relation.is_materialized_view else relation.type) }}
{%- endmacro -%}

{%- macro bigquery__get_grant_sql(relation, privilege, grantees) -%}
    grant `{{ privilege }}` on {{ _granted_kind(relation) }} {{ relation }} to "{{ grantees | join('", "') }}"
{%- endmacro -%}

{%- macro bigquery__get_revoke_sql(relation, privilege, grantees) -%}
    revoke `{{ privilege }}` on {{ _granted_kind(relation) }} {{ relation }} from "{{ grantees | join('", "') }}"
{%- endmacro -%}
