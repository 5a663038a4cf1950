{# Keys of a delta that are null, or stand in several rows, before a strategy brings the delta in.

   dbt takes both in silence. Rows with null keys match nothing and pile up with every run; of several rows of one key a
   merge keeps all that are new, and one by chance of those that are known. So either is an error, unless `allow_null_keys`
   or `allow_duplicate_keys` says that it is meant. A model that asks for `delete+insert` asks to have all rows of a key
   replaced by all new ones, as models do that replace whole days: several rows of a key are what it wants.
   Called as `dbt`, what was not said is a warning and dbt's rows, but for a merge that would leave a row to chance. #}

{% macro _check_keys(delta, target, unique_key, strategy) -%}
  {%- set keys = _key_expressions(unique_key) -%}
  {%- if not keys -%}
    {{ return('') }}
  {%- endif -%}
  {%- set rules = _key_rules(strategy) -%}
  {%- set counts = _count_keys(delta, keys, rules) -%}
  {%- if rules.nulls != 'allow' and counts.nulls > 0 -%}
    {%- do _report_keys(counts.nulls ~ ' of the ' ~ counts.rows ~ ' rows to bring into ' ~ this ~ ' have a null in the unique key `'
        ~ (keys | join(', ')) ~ '`, ' ~ null_key_effect(), rules.nulls, 'allow_null_keys') -%}
  {%- endif -%}
  {%- if rules.duplicates != 'allow' and counts.duplicates > 0 -%}
    {%- do _report_duplicate_keys(delta, target, keys, rules.duplicates) -%}
  {%- endif -%}
{%- endmacro %}

{# What a strategy makes of a null key. #}
{% macro null_key_effect() -%}
  {{ return(adapter.dispatch('null_key_effect', 'dbt')()) }}
{%- endmacro %}

{% macro default__null_key_effect() -%}
  {{ return('which matches nothing: they are added again by every run') }}
{%- endmacro %}

{# Whether keys can be an error: then materializations look at them, or stage the delta for it, where they would not. #}
{% macro _refuses_keys(unique_key, strategy) -%}
  {%- if not _key_expressions(unique_key) -%}
    {{ return(false) }}
  {%- endif -%}
  {%- set rules = _key_rules(strategy) -%}
  {{ return('refuse' in rules.values()) }}
{%- endmacro %}

{# What is done about null and about duplicate keys: `allow`, `warn` or `refuse`. #}
{% macro _key_rules(strategy) -%}
  {#- What strategies of the project's own do with a key is not known: a config may ask for them. -#}
  {%- set uses_keys = strategy in ['default', 'delete+insert', 'merge'] -%}
  {%- set otherwise = 'allow' if not uses_keys else 'refuse' if _keys_must_hold else 'warn' -%}
  {%- set replaces_groups = strategy == 'delete+insert' or (strategy == 'default' and otherwise == 'warn') -%}
  {{ return({
    'nulls': _key_rule('allow_null_keys', otherwise),
    'duplicates': _key_rule('allow_duplicate_keys', 'allow' if replaces_groups else otherwise)
  }) }}
{%- endmacro %}

{# The rule that the config `name` gives, of the model's own or under its `meta`, else the other one. #}
{% macro _key_rule(name, otherwise) -%}
  {%- set settings = model['config'] -%}
  {%- set given = settings.get(name) -%}
  {%- if given is none -%}
    {%- set given = (settings.get('meta') or {}).get(name) -%}
  {%- endif -%}
  {%- if given is none -%}
    {{ return(otherwise) }}
  {%- elif given is not boolean -%}
    {%- do exceptions.raise_compiler_error('`' ~ name ~ '` is true or false, not `' ~ given ~ '`') -%}
  {%- endif -%}
  {{ return('allow' if given else 'refuse') }}
{%- endmacro %}

{# Counts rows, rows with a null key and keys of several rows by one query; by none where nothing is asked. #}
{% macro _count_keys(delta, keys, rules) -%}
  {%- set is_null = '(' ~ (keys | join(') is null or (')) ~ ') is null' -%}
  {%- if rules.duplicates != 'allow' -%}
    {%- set query = 'select cast(coalesce(sum(key_rows), 0) as ' ~ type_bigint() ~ '), cast(coalesce(sum(case when has_null = 1 then key_rows else 0 end), 0) as '
        ~ type_bigint() ~ '), count(case when has_null = 0 and key_rows > 1 then 1 end) from (select case when ' ~ is_null
        ~ ' then 1 else 0 end as has_null, count(*) as key_rows from ' ~ delta ~ ' group by ' ~ (keys | join(', ')) ~ ') as delta_keys' -%}
  {%- elif rules.nulls != 'allow' -%}
    {%- set query = 'select count(*), count(case when ' ~ is_null ~ ' then 1 end), 0 from ' ~ delta -%}
  {%- else -%}
    {{ return({'rows': 0, 'nulls': 0, 'duplicates': 0}) }}
  {%- endif -%}
  {%- set counts = run_query(query).rows[0] -%}
  {{ return({'rows': counts[0], 'nulls': counts[1], 'duplicates': counts[2]}) }}
{%- endmacro %}

{# The same for the new versions that a snapshot has staged. Rows with a null key get a new version by every run, and rows
   of one key are kept as current versions beside each other, in dbt too. #}
{% macro _check_snapshot_keys(staged, unique_key) -%}
  {%- set otherwise = 'refuse' if _keys_must_hold else 'warn' -%}
  {%- set rules = {'nulls': _key_rule('allow_null_keys', otherwise), 'duplicates': _key_rule('allow_duplicate_keys', otherwise)} -%}
  {%- set names = [unique_key] if unique_key is string else unique_key -%}
  {%- set keys = [] -%}
  {%- for key in names -%}
    {%- do keys.append('dbt_unique_key' ~ ('' if unique_key is string else '_' ~ loop.index)) -%}
  {%- endfor -%}
  {%- set new = staged ~ " where dbt_change_type = 'insert'" -%}
  {%- set counts = _count_keys(new, keys, rules) -%}
  {%- if rules.nulls != 'allow' and counts.nulls > 0 -%}
    {%- do _report_keys(counts.nulls ~ ' of the rows to bring into ' ~ this ~ ' have a null in the unique key `' ~ (names | join(', '))
        ~ '`, which matches nothing: they get a new version by every run', rules.nulls, 'allow_null_keys') -%}
  {%- endif -%}
  {%- if rules.duplicates != 'allow' and counts.duplicates > 0 -%}
    {%- set found = run_query(
        'select ' ~ (keys | join(', ')) ~ ', count(*) from ' ~ new ~ ' and (' ~ (keys | join(') is not null and (')) ~ ') is not null'
        ~ ' group by ' ~ (keys | join(', ')) ~ ' having count(*) > 1 order by ' ~ (keys | join(', ')) ~ ' limit 4').rows -%}
    {%- do _report_keys('several of the rows to bring into ' ~ this ~ ' have the same unique key `' ~ (names | join(', ')) ~ '`: '
        ~ _shown_keys(names, found) ~ '. Each would be a current version', rules.duplicates, 'allow_duplicate_keys') -%}
  {%- endif -%}
{%- endmacro %}

{# The expressions that make up a key: of a list each, of a text its parts between commas. #}
{% macro _key_expressions(unique_key) -%}
  {%- if not unique_key -%}
    {{ return([]) }}
  {%- elif unique_key is string -%}
    {{ return([unique_key] if '(' in unique_key else unique_key.split(',') | map('trim') | list) }}
  {%- endif -%}
  {{ return(unique_key | list) }}
{%- endmacro %}

{# Tells of keys in several rows. A merge that would update a row from several that differ is refused where others warn. #}
{% macro _report_duplicate_keys(delta, target, keys, rule) -%}
  {%- set names = keys | join(', ') -%}
  {%- set whole = '(' ~ (keys | join(') is not null and (')) ~ ') is not null' -%}
  {%- set found = run_query(
      'select ' ~ names ~ ', count(*) from ' ~ delta ~ ' where ' ~ whole ~ ' group by ' ~ names
      ~ ' having count(*) > 1 order by count(*) desc, ' ~ names ~ ' limit 4').rows -%}
  {%- set message = 'several of the rows to bring into ' ~ this ~ ' have the same unique key `' ~ names ~ '`: ' ~ _shown_keys(keys, found) -%}
  {%- if rule == 'warn' and _updates_plainly() -%}
    {%- set torn = run_query(
        'select ' ~ names ~ ', count(*) from (select distinct * from ' ~ delta ~ ') as delta where ' ~ whole
        ~ ' and (' ~ names ~ ') in (select ' ~ names ~ ' from ' ~ target ~ ') group by ' ~ names
        ~ ' having count(*) > 1 order by count(*) desc, ' ~ names ~ ' limit 1').rows -%}
    {%- if torn | length > 0 -%}
      {%- do _report_keys(message ~ '. The merge would update the row with ' ~ _shown_key(keys, torn[0])
          ~ ' that differ, and chance would decide which stays', 'refuse', 'allow_duplicate_keys') -%}
    {%- endif -%}
  {%- endif -%}
  {%- do _report_keys(message, rule, 'allow_duplicate_keys') -%}
{%- endmacro %}

{# Whether the merge updates each row that it matches: no condition or clause of the model may tell rows of one key apart. #}
{% macro _updates_plainly() -%}
  {{ return(not ((config.get('merge_clauses') or {}).get('when_matched') or config.get('merge_update_condition')
      or config.get('merge_on_using_columns') or config.get('incremental_predicates') or config.get('predicates'))) }}
{%- endmacro %}

{# The first three keys with their numbers of rows. #}
{% macro _shown_keys(keys, found) -%}
  {%- set shown = [] -%}
  {%- for row in found -%}
    {%- do shown.append('…' if loop.index == 4 else _shown_key(keys, row)) -%}
  {%- endfor -%}
  {{ return(shown | join('; ')) }}
{%- endmacro %}

{% macro _shown_key(keys, row) -%}
  {%- set parts = [] -%}
  {%- for key in keys -%}
    {%- do parts.append(key ~ ' = ' ~ row[loop.index0]) -%}
  {%- endfor -%}
  {{ return((parts | join(', ')) ~ ' in ' ~ row[keys | length] ~ ' rows') }}
{%- endmacro %}

{% macro _report_keys(message, rule, name) -%}
  {%- if rule == 'refuse' -%}
    {%- do _refuse_keys(message, name) -%}
  {%- else -%}
    {%- do exceptions.warn(message ~ '. Set `' ~ name ~ '` to true if that is meant, to false to make it an error.') -%}
  {%- endif -%}
{%- endmacro %}
