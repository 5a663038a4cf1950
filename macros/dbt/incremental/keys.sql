{# Keys of a delta that are null, or stand in several rows, before a strategy brings the delta in.

   dbt takes both in silence. What it makes of them decides what is said here: rows with null keys match nothing and pile
   up with every run, and a merge keeps several rows of one new key: a warning each. A merge that would update a row from
   several rows that differ leaves to chance which one stays: an error. A strategy that deletes and inserts replaces all
   rows of a key by all new ones, as models mean it that replace whole days: nothing is said.
   The configs `allow_null_keys` and `allow_duplicate_keys` say it for any strategy: true is silent, false an error. #}

{% macro _check_keys(delta, target, unique_key, strategy) -%}
  {%- set keys = _key_expressions(unique_key) -%}
  {%- set nulls, doubles = config.get('allow_null_keys'), config.get('allow_duplicate_keys') -%}
  {%- set known = strategy in ['default', 'delete+insert', 'merge'] -%}
  {%- if keys and nulls is not true and (known or nulls is not none) -%}
    {%- do _check_null_keys(delta, keys, nulls is not none) -%}
  {%- endif -%}
  {%- if keys and doubles is not true and (strategy == 'merge' or doubles is not none) -%}
    {%- do _check_duplicate_keys(delta, target, keys, doubles is not none) -%}
  {%- endif -%}
{%- endmacro %}

{# The same for the new versions that a snapshot has staged. Rows with a null key get a new version by every run, and rows
   of one key are kept as current versions beside each other, in dbt too: a warning each, an error where it is not allowed. #}
{% macro _check_snapshot_keys(staged, unique_key) -%}
  {%- set nulls, doubles = config.get('allow_null_keys'), config.get('allow_duplicate_keys') -%}
  {%- set named = unique_key if unique_key is string else unique_key | join(', ') -%}
  {%- set keys = [] -%}
  {%- for key in ([unique_key] if unique_key is string else unique_key) -%}
    {%- do keys.append('dbt_unique_key' ~ ('' if unique_key is string else '_' ~ loop.index)) -%}
  {%- endfor -%}
  {%- set new = staged ~ " where dbt_change_type = 'insert'" -%}
  {%- if nulls is not true -%}
    {%- set count = run_query('select count(*) from ' ~ new ~ ' and ((' ~ (keys | join(') is null or (')) ~ ') is null)').rows[0][0] -%}
    {%- if count > 0 -%}
      {%- do _report_keys(count ~ ' of the rows to bring into ' ~ this ~ ' have a null in the unique key `' ~ named
          ~ '`, which matches nothing: they get a new version by every run', nulls is not none, 'allow_null_keys') -%}
    {%- endif -%}
  {%- endif -%}
  {%- if doubles is not true -%}
    {%- set found = run_query(
        'select ' ~ (keys | join(', ')) ~ ', count(*) from ' ~ new ~ ' and (' ~ (keys | join(') is not null and (')) ~ ') is not null'
        ~ ' group by ' ~ (keys | join(', ')) ~ ' having count(*) > 1 order by ' ~ (keys | join(', ')) ~ ' limit 4').rows -%}
    {%- set shown = [] -%}
    {%- for row in found -%}
      {%- do shown.append('…' if loop.index == 4 else _shown_key([unique_key] if unique_key is string else unique_key, row)) -%}
    {%- endfor -%}
    {%- if shown -%}
      {%- do _report_keys('several of the rows to bring into ' ~ this ~ ' have the same unique key `' ~ named ~ '`: '
          ~ (shown | join('; ')) ~ '. Each would be a current version', doubles is not none, 'allow_duplicate_keys') -%}
    {%- endif -%}
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

{% macro _check_null_keys(delta, keys, refuse) -%}
  {%- set rows = run_query(
      'select count(*), count(case when (' ~ (keys | join(') is null or (')) ~ ') is null then 1 end) from ' ~ delta
  ).rows[0] -%}
  {%- if rows[1] > 0 -%}
    {%- do _report_keys(rows[1] ~ ' of the ' ~ rows[0] ~ ' rows to bring into ' ~ this ~ ' have a null in the unique key `'
        ~ (keys | join(', ')) ~ '`, which matches nothing: they are added again by every run', refuse, 'allow_null_keys') -%}
  {%- endif -%}
{%- endmacro %}

{% macro _check_duplicate_keys(delta, target, keys, refuse) -%}
  {%- set names = keys | join(', ') -%}
  {%- set whole = '(' ~ (keys | join(') is not null and (')) ~ ') is not null' -%}
  {%- set found = run_query(
      'select ' ~ names ~ ', count(*) from ' ~ delta ~ ' where ' ~ whole ~ ' group by ' ~ names
      ~ ' having count(*) > 1 order by count(*) desc, ' ~ names ~ ' limit 4').rows -%}
  {%- if found | length == 0 -%}
    {{ return('') }}
  {%- endif -%}
  {%- set shown = [] -%}
  {%- for row in found -%}
    {%- do shown.append('…' if loop.index == 4 else _shown_key(keys, row)) -%}
  {%- endfor -%}
  {%- set message = 'several of the rows to bring into ' ~ this ~ ' have the same unique key `' ~ names ~ '`: ' ~ (shown | join('; ')) -%}
  {%- if refuse -%}
    {%- do _report_keys(message, true, 'allow_duplicate_keys') -%}
  {%- elif _updates_plainly() -%}
    {%- set torn = run_query(
        'select ' ~ names ~ ', count(*) from (select distinct * from ' ~ delta ~ ') as delta where ' ~ whole
        ~ ' and (' ~ names ~ ') in (select ' ~ names ~ ' from ' ~ target ~ ') group by ' ~ names
        ~ ' having count(*) > 1 order by count(*) desc, ' ~ names ~ ' limit 1').rows -%}
    {%- if torn | length > 0 -%}
      {%- do _report_keys(message ~ '. The merge would update the row with ' ~ _shown_key(keys, torn[0])
          ~ ' that differ, and chance would decide which stays', true, 'allow_duplicate_keys') -%}
    {%- endif -%}
    {%- do _report_keys(message, false, 'allow_duplicate_keys') -%}
  {%- else -%}
    {%- do _report_keys(message, false, 'allow_duplicate_keys') -%}
  {%- endif -%}
{%- endmacro %}

{# Whether the merge updates each row that it matches: no condition or clause of the model may tell rows of one key apart. #}
{% macro _updates_plainly() -%}
  {{ return(not ((config.get('merge_clauses') or {}).get('when_matched') or config.get('merge_update_condition')
      or config.get('merge_on_using_columns') or config.get('incremental_predicates') or config.get('predicates'))) }}
{%- endmacro %}

{% macro _shown_key(keys, row) -%}
  {%- set parts = [] -%}
  {%- for key in keys -%}
    {%- do parts.append(key ~ ' = ' ~ row[loop.index0]) -%}
  {%- endfor -%}
  {{ return((parts | join(', ')) ~ ' in ' ~ row[keys | length] ~ ' rows') }}
{%- endmacro %}

{% macro _report_keys(message, refuse, name) -%}
  {%- if refuse -%}
    {%- do exceptions.raise_compiler_error(message ~ '. Make the query give each key once, or set `' ~ name ~ ': true` to build it as dbt does.') -%}
  {%- else -%}
    {%- do exceptions.warn(message ~ '. Set `' ~ name ~ '` to true if that is meant, to false to make it an error.') -%}
  {%- endif -%}
{%- endmacro %}
