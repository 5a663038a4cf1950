{#- Returns the framework's settings: `vars: nexus` over the defaults, checked. Traits, states and identifier
    types of the project are added to the built-in ones (a built-in trait or state goes with the value null); other keys replace. internal_domains
    and shared_mailboxes are the adapters' own. Raises a compiler error that names the key and the remedy. The same on every database. -#}
{% macro nexus_settings() -%}
  {%- set given = var('nexus', {}) or {} -%}
  {%- if given is not mapping -%}
    {%- do nexus.nexus_configuration_error('`vars: nexus` must be a mapping', 'write `vars: {nexus: {sources: {…}}}` in dbt_project.yml') -%}
  {%- endif -%}
  {%- do nexus.nexus_check_keys('vars: nexus', given, ['internal_domains', 'shared_mailboxes', 'generic_domains', 'default_country_code', 'identity', 'traits', 'states', 'sources']) -%}
  {%- set identity = given.get('identity') or {} -%}
  {%- do nexus.nexus_check_keys('vars: nexus: identity', identity, ['identifier_types', 'blocked_values']) -%}
  {%- set defaults = nexus.nexus_defaults() -%}
  {{ return({
      'generic_domains': defaults['generic_domains'] + (given.get('generic_domains') or []),
      'default_country_code': given.get('default_country_code') or defaults['default_country_code'],
      'blocked_values': defaults['blocked_values'] if identity.get('blocked_values') is none else identity.get('blocked_values'),
      'identifier_types': nexus.nexus_identifier_types(defaults['identifier_types'], identity.get('identifier_types') or {}),
      'traits': nexus.nexus_traits(defaults['traits'], given.get('traits') or {}),
      'states': nexus.nexus_declared_states(defaults['states'], given.get('states') or {}),
      'sources': nexus.nexus_enabled_sources(given.get('sources') or {})
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


{#- Returns identifier types with their options: `normalize`, `block` (values), `block_like` (LIKE patterns). -#}
{% macro nexus_identifier_types(defaults, given) -%}
  {%- set types = {} -%}
  {%- do types.update(defaults) -%}
  {%- for name, options in given.items() -%}
    {%- set where = 'vars: nexus: identity: identifier_types: ' ~ name -%}
    {%- do nexus.nexus_check_keys(where, options or {}, ['normalize', 'block', 'block_like']) -%}
    {%- set normalizers = ['email', 'phone', 'domain', 'name', 'lower', 'text'] -%}
    {%- if (options or {}).get('normalize', 'text') not in normalizers -%}
      {%- do nexus.nexus_configuration_error('`normalize: ' ~ options['normalize'] ~ '` under `' ~ where ~ '` is no normalizer', 'use one of ' ~ normalizers | join(', ')) -%}
    {%- endif -%}
    {%- set merged = {} -%}
    {%- do merged.update(defaults.get(name, {})) -%}
    {%- do merged.update(options or {}) -%}
    {%- do types.update({name: merged}) -%}
  {%- endfor -%}
  {{ return(types) }}
{%- endmacro %}


{#- Returns entity type → trait → type, the project's over the defaults. -#}
{% macro nexus_traits(defaults, given) -%}
  {%- do nexus.nexus_check_keys('vars: nexus: traits', given, ['person', 'group']) -%}
  {%- set types = ['text', 'number', 'boolean', 'timestamp', 'date'] -%}
  {%- set reserved = nexus.nexus_entity_columns() -%}
  {%- set traits = {} -%}
  {%- set column_types = {} -%}
  {%- for entity_type in ['person', 'group'] -%}
    {%- set where = 'vars: nexus: traits: ' ~ entity_type -%}
    {%- set merged = {} -%}
    {%- for name, type in defaults[entity_type].items() if (given.get(entity_type) or {}).get(name, type) is not none -%}
      {%- do merged.update({name: type}) -%}
    {%- endfor -%}
    {%- for name, type in (given.get(entity_type) or {}).items() if type is not none -%}
      {%- do nexus.nexus_check_name(where, name) -%}
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
        {%- do nexus.nexus_configuration_error('trait `' ~ name ~ '` is declared with two types, ' ~ column_types[name] ~ ' and ' ~ type, 'give it one type for persons and groups, or two names') -%}
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


{#- Returns state → options: `entity_type`, `model` (a model of intervals on resolved entities), `values`. -#}
{% macro nexus_declared_states(defaults, given) -%}
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
    {%- if options.get('entity_type') not in ['person', 'group'] -%}
      {%- do nexus.nexus_configuration_error('`' ~ where ~ '` does not say whose state it is', 'add `entity_type: person` or `entity_type: group`') -%}
    {%- endif -%}
    {%- do states.update({name: options}) -%}
  {%- endfor -%}
  {{ return(states) }}
{%- endmacro %}


{#- Returns enabled source → {models, priority}. A shipped source brings its list of models; any other says which
    parts of the contract it has. -#}
{% macro nexus_enabled_sources(given) -%}
  {%- do nexus.nexus_check_keys('vars: nexus: sources', given, given.keys() | list) -%}
  {%- set shipped = nexus.nexus_shipped_sources() -%}
  {%- set parts = nexus.nexus_source_parts() -%}
  {%- set sources = {} -%}
  {%- for name, options in given.items() -%}
    {%- set where = 'vars: nexus: sources: ' ~ name -%}
    {%- do nexus.nexus_check_name('vars: nexus: sources', name) -%}
    {%- do nexus.nexus_check_keys(where, options or {}, ['enabled', 'models', 'priority', 'database', 'schema', 'tables']) -%}
    {%- if (options or {}).get('enabled', false) -%}
      {%- set models = options.get('models') or shipped.get(name, []) -%}
      {%- if models | length == 0 -%}
        {%- do nexus.nexus_configuration_error('source `' ~ name ~ '` is enabled and has no models', 'it is none of the shipped sources (' ~ shipped.keys() | join(', ') ~ '): correct the name, or write the model `' ~ name ~ '_events` and others and list them, `models: [events, entity_identifiers]`, under `' ~ where ~ '`') -%}
      {%- endif -%}
      {%- for part in models -%}
        {%- if part not in parts -%}
          {%- do nexus.nexus_configuration_error('`' ~ part ~ '` under `' ~ where ~ ': models` is no part of a source', 'use one or more of ' ~ parts | join(', ')) -%}
        {%- endif -%}
      {%- endfor -%}
      {%- do sources.update({name: {'models': models, 'priority': options.get('priority', 100)}}) -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(sources) }}
{%- endmacro %}
