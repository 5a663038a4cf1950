{#- Returns whether only new rows are read: `vars: nexus: incremental`, checked. given: `vars: nexus`. identity: its `identity`, which must keep ids
    then, since that is how tables learn which entities changed. The same on every database. -#}
{% macro nexus_incremental_setting(given, identity) -%}
  {%- set incremental = given.get('incremental', false) -%}
  {%- if incremental not in [true, false] -%}
    {%- do nexus.nexus_configuration_error('`incremental: ' ~ incremental ~ '` under `vars: nexus` is neither true nor false', 'use `true` to read only new rows in each build, or `false`') -%}
  {%- endif -%}
  {%- if incremental and not identity.get('incremental', true) -%}
    {%- do nexus.nexus_configuration_error('`incremental: true` under `vars: nexus` needs ids that stay, and `incremental: false` under `vars: nexus: identity` switches them off', 'remove one of the two') -%}
  {%- endif -%}
  {{ return(incremental) }}
{%- endmacro %}


{#- Returns the materialization of a table that grows: `incremental` where only new rows are read, else `table`. The same on every database. -#}
{% macro nexus_growing() -%}
  {{ return('incremental' if nexus.nexus_config('incremental') else 'table') }}
{%- endmacro %}


{#- Returns the materialization of a model that stands between a source's records and the event log: a view, so that its rows are made and written once, in
    the event log, and only the new ones where only new rows are read. The same on every database. -#}
{% macro nexus_between() -%}
  {{ return('view') }}
{%- endmacro %}


{#- Returns whether the model is built of new rows now. The same on every database. -#}
{% macro nexus_adds() -%}
  {{ return(nexus.nexus_config('incremental') and is_incremental()) }}
{%- endmacro %}
