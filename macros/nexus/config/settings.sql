{#- Returns one setting of the framework, checked; `default` where there is none of that name. key: `sources`,
    `entity_types`, `traits`, `survivorship`, `trait_options`, `states`, `operational_views`, `ai_context`, `incremental`, `identity`, `identifier_types`, `blocked_values`, `generic_domains`, `internal_domains`,
    `internal_emails`, `shared_mailboxes`, `default_country_code`. The one way to read `vars: nexus`, the same in the package, in
    adapters and in models of the project. The same on every database. -#}
{% macro nexus_config(key, default=none) -%}
  {{ return(nexus.nexus_settings().get(key, default)) }}
{%- endmacro %}


{#- Returns the framework's settings: `vars: nexus` over the defaults, checked. Traits, states and identifier
    types of the project are added to the built-in ones (a built-in trait or state goes with the value null); other keys replace.
    Raises a compiler error that names the key and the remedy. The same on every database. -#}
{% macro nexus_settings() -%}
  {%- set given = var('nexus', {}) or {} -%}
  {%- if given is not mapping -%}
    {%- do nexus.nexus_configuration_error('`vars: nexus` must be a mapping', 'write `vars: {nexus: {sources: {…}}}` in dbt_project.yml') -%}
  {%- endif -%}
  {%- do nexus.nexus_check_keys('vars: nexus', given, ['sources', 'entity_types', 'traits', 'survivorship', 'states', 'operational_views', 'ai_context', 'incremental', 'identity', 'internal_domains', 'internal_emails', 'shared_mailboxes', 'generic_domains', 'default_country_code']) -%}
  {%- for key in ['internal_domains', 'internal_emails', 'shared_mailboxes', 'generic_domains'] -%}
    {%- do nexus.nexus_check_list('vars: nexus: ' ~ key, given.get(key)) -%}
  {%- endfor -%}
  {%- set identity = given.get('identity') or {} -%}
  {%- do nexus.nexus_check_keys('vars: nexus: identity', identity, ['strategy', 'incremental', 'deny', 'force', 'identifier_types', 'blocked_values']) -%}
  {%- do nexus.nexus_check_list('vars: nexus: identity: blocked_values', identity.get('blocked_values')) -%}
  {%- set strategy = identity.get('strategy') or 'auto' -%}
  {%- if strategy not in ['auto', 'recursive_cte', 'contraction'] -%}
    {%- do nexus.nexus_configuration_error('`strategy: ' ~ strategy ~ '` under `vars: nexus: identity` is not there', 'use `auto`, `recursive_cte` or `contraction`') -%}
  {%- endif -%}
  {%- if identity.get('incremental', false) not in [true, false] -%}
    {%- do nexus.nexus_configuration_error('`incremental: ' ~ identity['incremental'] ~ '` under `vars: nexus: identity` is neither true nor false', 'use `true` to keep ids from build to build, or `false`') -%}
  {%- endif -%}
  {%- set incremental = nexus.nexus_incremental_setting(given, identity) -%}
  {%- for key in ['deny', 'force'] if identity.get(key) is not none and identity.get(key) is not string -%}
    {%- do nexus.nexus_configuration_error('`' ~ key ~ '` under `vars: nexus: identity` must name a model or seed of pairs', 'write `' ~ key ~ ': name_of_the_model`') -%}
  {%- endfor -%}
  {%- set defaults = nexus.nexus_defaults() -%}
  {%- set entity_types = nexus.nexus_entity_types(given.get('entity_types')) -%}
  {%- set traits = nexus.nexus_traits(defaults['traits'], given.get('traits') or {}, entity_types) -%}
  {%- set states = nexus.nexus_declared_states(defaults['states'], given.get('states') or {}, entity_types) -%}
  {{ return({
      'generic_domains': defaults['generic_domains'] + (given.get('generic_domains') or []),
      'internal_domains': given.get('internal_domains') or [],
      'internal_emails': given.get('internal_emails') or [],
      'shared_mailboxes': defaults['shared_mailboxes'] if given.get('shared_mailboxes') is none else given.get('shared_mailboxes'),
      'default_country_code': given.get('default_country_code') or defaults['default_country_code'],
      'incremental': incremental,
      'identity': {'strategy': strategy, 'incremental': identity.get('incremental', incremental), 'deny': identity.get('deny'), 'force': identity.get('force')},
      'blocked_values': defaults['blocked_values'] if identity.get('blocked_values') is none else identity.get('blocked_values'),
      'identifier_types': nexus.nexus_identifier_types(defaults['identifier_types'], identity.get('identifier_types') or {}),
      'entity_types': entity_types,
      'traits': traits,
      'survivorship': nexus.nexus_survivorship_rule('vars: nexus: survivorship', given.get('survivorship')),
      'trait_options': nexus.nexus_trait_options(given.get('traits') or {}),
      'states': states,
      'operational_views': nexus.nexus_enabled_views(given.get('operational_views')),
      'ai_context': nexus.nexus_ai_context_limits(given.get('ai_context') or {}),
      'sources': nexus.nexus_enabled_sources(given.get('sources') or {}, states)
  }) }}
{%- endmacro %}


{#- Raises a compiler error. problem: what is wrong. remedy: what to do about it. -#}
{% macro nexus_configuration_error(problem, remedy) -%}
  {{ exceptions.raise_compiler_error('nexus configuration: ' ~ problem ~ '. Remedy: ' ~ remedy ~ '.') }}
{%- endmacro %}


{#- Raises a compiler error for the first key that nothing reads. where: how the user wrote the way to it. -#}
{% macro nexus_check_keys(where, given, known) -%}
  {%- if given is not mapping -%}
    {%- do nexus.nexus_configuration_error('`' ~ where ~ '` must be a mapping', 'give it one or more of the keys ' ~ known | join(', ')) -%}
  {%- endif -%}
  {%- for key in given -%}
    {%- if key not in known -%}
      {%- do nexus.nexus_configuration_error('unknown key `' ~ key ~ '` under `' ~ where ~ '`', 'remove it or use one of ' ~ known | join(', ')) -%}
    {%- endif -%}
  {%- endfor -%}
{%- endmacro %}


{#- Raises a compiler error where a value is given that is no list. -#}
{% macro nexus_check_list(where, given) -%}
  {%- if given is not none and (given is string or given is mapping or given is not iterable) -%}
    {%- do nexus.nexus_configuration_error('`' ~ where ~ '` must be a list', 'write `[one, two]`') -%}
  {%- endif -%}
{%- endmacro %}


{#- Returns entity type → prefix of its ids. given: none, a list of types, or type → {prefix}. Persons and groups are always
    there; another type has the prefix that it is given, else its first three letters. -#}
{% macro nexus_entity_types(given) -%}
  {%- set types = {'person': 'per', 'group': 'grp'} -%}
  {%- if given is not none and (given is string or given is not iterable) -%}
    {%- do nexus.nexus_configuration_error('`vars: nexus: entity_types` must be a list or a mapping', 'write `[person, group]` or `{subscription: {prefix: sub}}`') -%}
  {%- endif -%}
  {%- for name in given or [] -%}
    {%- set options = (given[name] or {}) if given is mapping else {} -%}
    {%- do nexus.nexus_check_name('vars: nexus: entity_types', name) -%}
    {%- do nexus.nexus_check_keys('vars: nexus: entity_types: ' ~ name, options, ['prefix']) -%}
    {%- set prefix = options.get('prefix') or types.get(name) or (name | string)[:3] -%}
    {%- do nexus.nexus_check_name('vars: nexus: entity_types: ' ~ name ~ ': prefix', prefix) -%}
    {%- for other, taken in types.items() if other != name and taken == prefix -%}
      {%- do nexus.nexus_configuration_error('entity types `' ~ other ~ '` and `' ~ name ~ '` would both have ids that start with `' ~ prefix ~ '_`', 'add `prefix:` under `vars: nexus: entity_types: ' ~ name ~ '`') -%}
    {%- endfor -%}
    {%- do types.update({name: prefix}) -%}
  {%- endfor -%}
  {{ return(types) }}
{%- endmacro %}


{#- Raises a compiler error where a name cannot be an unquoted column name in lower case. -#}
{% macro nexus_check_name(where, name) -%}
  {%- set letters = 'abcdefghijklmnopqrstuvwxyz_' -%}
  {%- set ns = namespace(good=(name | string | length > 0)) -%}
  {%- for character in name | string | list -%}
    {%- if character not in letters and (loop.first or character not in '0123456789') -%}
      {%- set ns.good = false -%}
    {%- endif -%}
  {%- endfor -%}
  {%- if not ns.good -%}
    {%- do nexus.nexus_configuration_error('`' ~ name ~ '` under `' ~ where ~ '` becomes a column and is no column name', 'use lower-case letters, digits and _, a letter first') -%}
  {%- endif -%}
{%- endmacro %}


{#- Returns identifier types with their options: `normalize`, `block` (values), `block_like` (LIKE
    patterns), `max_entities_per_value` (a value with more distinct partners joins nothing), `max_per_entity`, `unique`, `priority`
    (nexus_limits). -#}
{% macro nexus_identifier_types(defaults, given) -%}
  {%- set types = {} -%}
  {%- do types.update(defaults) -%}
  {%- for name, options in given.items() -%}
    {%- set where = 'vars: nexus: identity: identifier_types: ' ~ name -%}
    {%- do nexus.nexus_check_keys(where, options or {}, ['normalize', 'block', 'block_like', 'max_entities_per_value', 'max_per_entity', 'unique', 'priority']) -%}
    {%- do nexus.nexus_check_limits(where, options or {}) -%}
    {%- set normalizers = ['email', 'phone', 'domain', 'name', 'lower', 'text'] -%}
    {%- if (options or {}).get('normalize', 'text') not in normalizers -%}
      {%- do nexus.nexus_configuration_error('`normalize: ' ~ options['normalize'] ~ '` under `' ~ where ~ '` is no normalizer', 'use one of ' ~ normalizers | join(', ')) -%}
    {%- endif -%}
    {%- do nexus.nexus_check_list(where ~ ': block', (options or {}).get('block')) -%}
    {%- do nexus.nexus_check_list(where ~ ': block_like', (options or {}).get('block_like')) -%}
    {%- set limit = (options or {}).get('max_entities_per_value') -%}
    {%- if limit is not none and (limit is not number or limit < 1) -%}
      {%- do nexus.nexus_configuration_error('`max_entities_per_value: ' ~ limit ~ '` under `' ~ where ~ '` is no limit', 'give a whole number of 1 or more, or leave it out') -%}
    {%- endif -%}
    {%- set merged = {} -%}
    {%- do merged.update(defaults.get(name, {})) -%}
    {%- do merged.update(options or {}) -%}
    {%- do types.update({name: merged}) -%}
  {%- endfor -%}
  {{ return(types) }}
{%- endmacro %}


{#- Returns entity type → trait → type, the project's over the defaults. given: entity type → trait → type, or options with `type`. -#}
{% macro nexus_traits(defaults, given, entity_types) -%}
  {%- do nexus.nexus_check_keys('vars: nexus: traits', given, (given.keys() | list) if given is mapping else entity_types.keys() | list) -%}
  {%- for entity_type in given if entity_type not in entity_types -%}
    {%- do nexus.nexus_configuration_error('`vars: nexus: traits: ' ~ entity_type ~ '` is of an entity type that is not declared', 'add `' ~ entity_type ~ '` under `vars: nexus: entity_types`, or use one of ' ~ entity_types.keys() | join(', ')) -%}
  {%- endfor -%}
  {%- set types = ['text', 'number', 'boolean', 'timestamp', 'date'] -%}
  {%- set reserved = nexus.nexus_entity_columns() -%}
  {%- set traits = {} -%}
  {%- set column_types = {} -%}
  {%- for entity_type in entity_types -%}
    {%- set where = 'vars: nexus: traits: ' ~ entity_type -%}
    {%- set merged = {} -%}
    {%- for name, type in defaults.get(entity_type, {}).items() if (given.get(entity_type) or {}).get(name, type) is not none -%}
      {%- do merged.update({name: type}) -%}
    {%- endfor -%}
    {%- for name, options in (given.get(entity_type) or {}).items() if options is not none -%}
      {%- do nexus.nexus_check_name(where, name) -%}
      {%- set type = options.get('type', merged.get(name, 'text')) if options is mapping else options -%}
      {%- if type not in types -%}
        {%- do nexus.nexus_configuration_error('trait `' ~ name ~ '` under `' ~ where ~ '` has the unknown type `' ~ type ~ '`', 'use one of ' ~ types | join(', ')) -%}
      {%- endif -%}
      {%- if name in reserved -%}
        {%- do nexus.nexus_configuration_error('trait `' ~ name ~ '` under `' ~ where ~ '` has the name of a column that nexus_entities has anyway', 'rename the trait in the source and here') -%}
      {%- endif -%}
      {%- do merged.update({name: type}) -%}
    {%- endfor -%}
    {%- for name, type in merged.items() -%}
      {%- if column_types.get(name, type) != type -%}
        {%- do nexus.nexus_configuration_error('trait `' ~ name ~ '` is declared with two types, ' ~ column_types[name] ~ ' and ' ~ type, 'give it one type for all entity types, or two names') -%}
      {%- endif -%}
      {%- do column_types.update({name: type}) -%}
    {%- endfor -%}
    {%- do traits.update({entity_type: merged}) -%}
  {%- endfor -%}
  {{ return(traits) }}
{%- endmacro %}


{#- Returns the columns of nexus_entities that are not traits. -#}
{% macro nexus_entity_columns() -%}
  {{ return(['entity_id', 'entity_type', 'person_id', 'group_id', 'identifiers', 'first_seen_at', 'last_seen_at', 'traits_updated_at', '_ingested_at']) }}
{%- endmacro %}


{#- Returns state → options: `entity_type`, `model` (a model of intervals on resolved entities). -#}
{% macro nexus_declared_states(defaults, given, entity_types) -%}
  {%- do nexus.nexus_check_keys('vars: nexus: states', given, (given.keys() | list) if given is mapping else ['billing_lifecycle']) -%}
  {%- set states = {} -%}
  {%- for name, options in defaults.items() if name not in given -%}
    {%- do states.update({name: options}) -%}
  {%- endfor -%}
  {%- for name, options in given.items() if options is not none -%}
    {%- set where = 'vars: nexus: states: ' ~ name -%}
    {%- do nexus.nexus_check_name('vars: nexus: states', name) -%}
    {%- do nexus.nexus_check_keys(where, options, ['entity_type', 'model']) -%}
    {%- if name in ['entity_state_id', 'entity_id', 'entity_type', 'valid_from', 'valid_to', 'is_current', 'is_gap'] -%}
      {%- do nexus.nexus_configuration_error('state `' ~ name ~ '` has the name of a column that nexus_entity_states has anyway', 'rename the state in the source and here') -%}
    {%- endif -%}
    {%- if options.get('entity_type') and options['entity_type'] not in entity_types -%}
      {%- do nexus.nexus_configuration_error('`' ~ where ~ '` is of the entity type `' ~ options['entity_type'] ~ '`, which is not declared', 'add `' ~ options['entity_type'] ~ '` under `vars: nexus: entity_types`, or use one of ' ~ entity_types.keys() | join(', ')) -%}
    {%- endif -%}
    {%- if not options.get('entity_type') -%}
      {%- do nexus.nexus_configuration_error('`' ~ where ~ '` does not say whose state it is', 'add `entity_type:` and one of ' ~ entity_types.keys() | join(', ')) -%}
    {%- endif -%}
    {%- do states.update({name: options}) -%}
  {%- endfor -%}
  {{ return(states) }}
{%- endmacro %}


{#- Returns enabled source → {models, priority, shipped}. A shipped source brings its list of models; any other says which
    parts of the contract it has: `models` lists them, or the flags `events`, `entities` (identifiers and traits),
    `relationships`, `measurements`, `dimensions`, `states` switch parts on, and off for a shipped source. `states` and `entities` may be
    lists, of declared states and for the reader. -#}
{% macro nexus_enabled_sources(given, states) -%}
  {%- do nexus.nexus_check_keys('vars: nexus: sources', given, (given.keys() | list) if given is mapping else ['stripe']) -%}
  {%- set shipped = nexus.nexus_shipped_sources() -%}
  {%- set parts = nexus.nexus_source_parts() -%}
  {%- set flags = nexus.nexus_source_flags() -%}
  {%- set sources = {} -%}
  {%- for name, options in given.items() -%}
    {%- set where = 'vars: nexus: sources: ' ~ name -%}
    {%- do nexus.nexus_check_name('vars: nexus: sources', name) -%}
    {%- do nexus.nexus_check_keys(where, options or {}, ['enabled', 'shipped', 'models', 'priority', 'database', 'schema', 'tables'] + flags.keys() | list) -%}
    {%- if (options or {}).get('priority', 100) is not number -%}
      {%- do nexus.nexus_configuration_error('`priority: ' ~ options['priority'] ~ '` under `' ~ where ~ '` is no number', 'give a number, the smaller the stronger') -%}
    {%- endif -%}
    {%- if (options or {}).get('enabled', false) -%}
      {%- do nexus.nexus_check_list(where ~ ': models', options.get('models')) -%}
      {%- set models = [] -%}
      {%- for part in options.get('models') or shipped.get(name, []) -%}
        {%- if part not in parts -%}
          {%- do nexus.nexus_configuration_error('`' ~ part ~ '` under `' ~ where ~ ': models` is no part of a source', 'use one or more of ' ~ parts | join(', ')) -%}
        {%- endif -%}
        {%- set flag = nexus.nexus_flag_of_part(part) -%}
        {%- if part not in models and (flag not in options or options[flag]) -%}
          {%- do models.append(part) -%}
        {%- endif -%}
      {%- endfor -%}
      {%- for flag, flagged in flags.items() if options.get(flag) -%}
        {%- for part in flagged if part not in models -%}
          {%- if name in shipped and part not in shipped[name] -%}
            {%- do nexus.nexus_configuration_error('`' ~ flag ~ '` under `' ~ where ~ '` asks for `' ~ name ~ '_' ~ part ~ '`, which this source does not have', 'remove the key') -%}
          {%- endif -%}
          {%- do models.append(part) -%}
        {%- endfor -%}
      {%- endfor -%}
      {%- if options.get('states') is iterable and options.get('states') is not string -%}
        {%- for state in options['states'] if state not in states -%}
          {%- do nexus.nexus_configuration_error('state `' ~ state ~ '` under `' ~ where ~ ': states` is not declared', 'add `' ~ state ~ ': {entity_type: …}` under `vars: nexus: states`') -%}
        {%- endfor -%}
      {%- endif -%}
      {%- if models | length == 0 -%}
        {%- do nexus.nexus_configuration_error('source `' ~ name ~ '` is enabled and has no models', ('switch one of its parts on, or set `enabled: false`' if name in shipped else 'it is none of the shipped sources (' ~ shipped.keys() | join(', ') ~ '): correct the name, or write the model `' ~ name ~ '_events` and others and list them, `models: [events, entity_identifiers]`, under `' ~ where ~ '`')) -%}
      {%- endif -%}
      {%- do sources.update({name: {'models': models, 'priority': options.get('priority', 100), 'shipped': name in shipped and options.get('shipped', true)}}) -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(sources) }}
{%- endmacro %}


{#- Returns the flags of a source's configuration → the parts of the contract that each switches. -#}
{% macro nexus_source_flags() -%}
  {{ return({
      'events': ['events'], 'entities': ['entity_identifiers', 'entity_traits'], 'relationships': ['relationship_declarations'],
      'measurements': ['event_measurements'], 'dimensions': ['event_dimensions'], 'states': ['states']
  }) }}
{%- endmacro %}


{#- Returns the flag that switches a part of the contract. -#}
{% macro nexus_flag_of_part(part) -%}
  {%- set ns = namespace(found=none) -%}
  {%- for flag, parts in nexus.nexus_source_flags().items() if part in parts -%}
    {%- set ns.found = flag -%}
  {%- endfor -%}
  {{ return(ns.found) }}
{%- endmacro %}


{#- Returns the names of the enabled sources that have a part of the contract. kind: a part (`events`,
    `entity_identifiers`, …) or a flag (`entities`, …: every source that has one of its parts). The same on every database. -#}
{% macro nexus_sources_with(kind) -%}
  {%- set wanted = [kind] if kind in nexus.nexus_source_parts() else nexus.nexus_source_flags().get(kind, [kind]) -%}
  {%- set names = [] -%}
  {%- for part in wanted -%}
    {%- if part not in nexus.nexus_source_parts() -%}
      {%- do nexus.nexus_configuration_error('`' ~ kind ~ '` is no part of a source', 'use one of ' ~ nexus.nexus_source_parts() | join(', ')) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- for name, options in nexus.nexus_config('sources').items() -%}
    {%- for part in wanted if part in options['models'] and name not in names -%}
      {%- do names.append(name) -%}
    {%- endfor -%}
  {%- endfor -%}
  {{ return(names) }}
{%- endmacro %}
