{# The incremental materialization and DuckDB's strategies: delete+insert (the default), append, merge, microbatch. #}

{%- materialization incremental, adapter='duckdb', supported_languages=['sql', 'python'] -%}

  {%- set language = model['language'] -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set intermediate = make_intermediate_relation(target_relation) -%}
  {%- set staging = duckdb__dispatch_temporary_relation(target_relation, adapter.batch_id_for_model(model)) -%}
  {%- set staged = staging['relation'] -%}
  {%- set whole = existing is none or existing.is_view or should_full_refresh() -%}
  {%- set roles = _key_roles(existing) if whole else {'refers': false, 'is_referred_to': false} -%}
  {%- set beside = whole and existing is not none and not roles['refers'] -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
  {%- set grants = config.get('grants') -%}

  {%- do _drop_leftovers(target_relation) -%}
  {{ run_hooks(pre_hooks, inside_transaction=False) }}
  {{ run_hooks(pre_hooks, inside_transaction=True) }}

  {%- set aside = [] -%}
  {%- if whole -%}
    {%- if existing is not none and not beside -%}
      {%- set aside = drop_relation_for_rebuild(existing) -%}
    {%- endif -%}
    {%- set build = create_table_as(False, intermediate if beside else target_relation, compiled_code, language) -%}
  {%- else -%}
    {%- call statement('stage', language=language, auto_begin=false) -%}
      {{ create_table_as(staging['temporary'], staged, compiled_code, language) }}
    {%- endcall -%}
    {%- set language = 'sql' -%}
    {%- do _check_keys(staged, existing, config.get('unique_key'), config.get('incremental_strategy') or 'default') -%}
    {%- do adapter.expand_target_column_types(from_relation=staged, to_relation=target_relation) -%}
    {%- set columns = process_schema_changes(on_schema_change, staged, existing)
        or adapter.get_columns_in_relation(existing) -%}
    {%- set strategy = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') -%}
    {%- set build = strategy({
      'target_relation': target_relation,
      'temp_relation': staged,
      'unique_key': config.get('unique_key'),
      'dest_columns': columns,
      'incremental_predicates': config.get('predicates') or config.get('incremental_predicates')
    }) -%}
  {%- endif -%}

  {%- call statement('main', language=language) -%}
    {{ build }}
  {%- endcall -%}
  {%- if beside -%}
    {%- set aside = drop_foreign_key_dependents(existing) if roles['is_referred_to'] else [] -%}
    {%- do _swap_into_place(existing, intermediate, target_relation, none) -%}
  {%- endif -%}
  {%- do restore_foreign_key_dependents(aside) -%}

  {%- do apply_grants(target_relation, grants, should_revoke=should_revoke(existing, full_refresh_mode=whole)) -%}
  {%- if whole -%}
    {%- do create_indexes(target_relation) -%}
  {%- endif -%}
  {%- do persist_docs(target_relation, model) -%}
  {{ run_hooks(post_hooks, inside_transaction=True) }}
  {%- do adapter.commit() -%}

  {%- if not whole -%}
    {#- The connection outlives the model; its temporary tables would fill the memory. -#}
    {%- call statement('drop_staged', auto_begin=False) -%}
      drop table if exists {{ staged }}
    {%- endcall -%}
  {%- endif -%}
  {{ run_hooks(post_hooks, inside_transaction=False) }}

  {{ return({'relations': [target_relation]}) }}

{%- endmaterialization -%}

{% macro duckdb__get_incremental_default_sql(arg_dict) -%}
  {{ return(get_incremental_delete_insert_sql(arg_dict)) }}
{%- endmacro %}

{# Predicates of several keys may name the target DBT_INCREMENTAL_TARGET. #}
{% macro duckdb__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set names = get_quoted_csv(dest_columns | map(attribute="name")) -%}
    {%- set predicates = incremental_predicates or [] -%}
    {%- if unique_key is string %}
        delete from {{ target }}
        where ({{ unique_key }}) in (
            select ({{ unique_key }})
            from {{ source }}
        )
        {%- for predicate in predicates %}
            and {{ predicate }}
        {%- endfor %};
    {%- elif unique_key %}
        {%- set matches = [] -%}
        {%- for key in unique_key -%}
            {%- do matches.append(source ~ '.' ~ key ~ ' = DBT_INCREMENTAL_TARGET.' ~ key) -%}
        {%- endfor %}
        delete from {{ target }} as DBT_INCREMENTAL_TARGET
        using {{ source }}
        where (
            {{ (matches + predicates) | join('\n            and ') }}
        );
    {%- endif %}
    insert into {{ target }} ({{ names }})
    (
        select {{ names }}
        from {{ source }}
    )
{%- endmacro %}

{# Replaces the rows of the batch's stretch of time. Keys have no part in it. #}
{% macro duckdb__get_incremental_microbatch_sql(arg_dict) -%}
    {%- set event_time = config.get('event_time') -%}
    {%- if not event_time -%}
        {%- do exceptions.raise_compiler_error("The strategy microbatch needs the model's config `event_time`") -%}
    {%- elif config.get('unique_key') -%}
        {%- do exceptions.raise_compiler_error(
            "The strategy microbatch replaces whole batches by `event_time` and takes no `unique_key`;"
            ~ " remove it, or use the strategy merge") -%}
    {%- endif -%}
    {%- set batch = model.get('batch') or {} -%}
    {%- set start, end = batch.get('event_time_start'), batch.get('event_time_end') -%}
    {%- if not (start and end) -%}
        {%- do exceptions.raise_compiler_error("The strategy microbatch needs a batch with a start and an end") -%}
    {%- endif -%}
    {%- set names = get_quoted_csv(arg_dict['dest_columns'] | map(attribute="name")) -%}
    {%- set within = event_time ~ " >= '" ~ start ~ "' and " ~ event_time ~ " < '" ~ end ~ "'" %}
    delete from {{ arg_dict['target_relation'] }}
    where {{ within }}
    {%- for predicate in normalize_incremental_predicates(arg_dict.get('incremental_predicates')) %}
        and ({{ predicate }})
    {%- endfor %};
    insert into {{ arg_dict['target_relation'] }} ({{ names }})
    select {{ names }}
    from {{ arg_dict['temp_relation'] }}
    where {{ within }};
{%- endmacro %}

{%- macro normalize_incremental_predicates(incremental_predicates) -%}
  {{ return(normalize_string_or_list(incremental_predicates, "incremental_predicates")) }}
{%- endmacro -%}

{# A list of texts from a text, a list or none. #}
{%- macro normalize_string_or_list(raw, field_name) -%}
  {%- set items = [] if raw is none else [raw] if raw is string else raw -%}
  {%- if items is mapping or items is not sequence -%}
    {%- do exceptions.raise_compiler_error("`" ~ field_name ~ "` must be a text or a list of texts") -%}
  {%- endif -%}
  {%- for item in items if item is not string -%}
    {%- do exceptions.raise_compiler_error(field_name ~ " list values must be non-empty strings, found: " ~ item) -%}
  {%- endfor -%}
  {{ return(items | list) }}
{%- endmacro -%}
