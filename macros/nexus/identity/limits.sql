{#- How many identifiers of a type an entity may have: `max_per_entity`, `unique`.

    Occurrences are taken in the order in which they happened. The identifiers of one join the first of them by `priority`, one after the other; what
    would give the entity too many of a type leaves the occurrence, and stands in nexus_identity_limits. The order is that of the rows, not that in
    which they came, so any batches end in the same entities. Only entities that would be over a limit are walked through. -#}


{#- Returns the limits as a list of {type, limit, days}; days is none where the limit is for ever. The same on every database. -#}
{% macro nexus_limits() -%}
  {%- set limits = [] -%}
  {%- for name, options in nexus.nexus_config('identifier_types').items() -%}
    {%- set given = options.get('max_per_entity') -%}
    {%- if options.get('unique') -%}
      {%- do limits.append({'type': name, 'limit': 1, 'days': none}) -%}
    {%- elif given is mapping -%}
      {%- do limits.append({'type': name, 'limit': given['limit'], 'days': given.get('days')}) -%}
    {%- elif given is not none -%}
      {%- do limits.append({'type': name, 'limit': given, 'days': none}) -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(limits) }}
{%- endmacro %}


{#- Raises a compiler error where the limits of a type cannot be read. where: how the user wrote the way to it. -#}
{% macro nexus_check_limits(where, options) -%}
  {%- if options.get('unique', false) not in [true, false] -%}
    {%- do nexus.nexus_configuration_error('`unique: ' ~ options['unique'] ~ '` under `' ~ where ~ '` is neither true nor false', 'use `true` where an entity has one of this type at most') -%}
  {%- endif -%}
  {%- set given = options.get('max_per_entity') -%}
  {%- if options.get('unique') and given is not none -%}
    {%- do nexus.nexus_configuration_error('`' ~ where ~ '` has both `unique` and `max_per_entity`', 'keep one of the two; `unique: true` is `max_per_entity: 1`') -%}
  {%- endif -%}
  {%- set window = given if given is mapping else {'limit': given} -%}
  {%- do nexus.nexus_check_keys(where ~ ': max_per_entity', window, ['limit', 'days']) -%}
  {%- for key in ['limit', 'days'] if (given is mapping and key == 'limit') or window.get(key) is not none -%}
    {%- if window.get(key) is not integer or window[key] is boolean or window[key] < 1 -%}
      {%- do nexus.nexus_configuration_error('`' ~ key ~ ': ' ~ window.get(key) ~ '` of `max_per_entity` under `' ~ where ~ '` is no number of ' ~ ('identifiers' if key == 'limit' else 'days'), 'write `max_per_entity: 5`, or `max_per_entity: {limit: 5, days: 30}`, with whole numbers of 1 or more') -%}
    {%- endif -%}
  {%- endfor -%}
  {%- set priority = options.get('priority') -%}
  {%- if priority is not none and priority is not number -%}
    {%- do nexus.nexus_configuration_error('`priority: ' ~ priority ~ '` under `' ~ where ~ '` is no number', 'give a number, the smaller the stronger') -%}
  {%- endif -%}
{%- endmacro %}


{#- Renders how strong a type is in its occurrence, the smaller the stronger: its `priority`, else 50 where it is unique, 150 where it has another
    limit, 100 where it has none. identifier_type: SQL expression. The same on every database. -#}
{% macro nexus_identifier_priority(identifier_type) -%}
  {%- set found = {} -%}
  {%- for limit in nexus.nexus_limits() -%}
    {%- do found.update({limit['type']: 50 if limit['limit'] == 1 and limit['days'] is none else 150}) -%}
  {%- endfor -%}
  {%- for name, options in nexus.nexus_config('identifier_types').items() if options.get('priority') is not none -%}
    {%- do found.update({name: options['priority']}) -%}
  {%- endfor -%}
  case {{ identifier_type }}
  {%- for name, priority in found.items() %} when {{ nexus.nexus_text_literal(name) }} then {{ priority }}{% endfor %} else 100 end
{%- endmacro %}


{#- Renders the second in which something was first seen, as a number. The same on every database. -#}
{% macro nexus_second(expression) -%}
  {{ dbt.datediff("cast('1970-01-01 00:00:00' as " ~ nexus.nexus_type('timestamp') ~ ")", expression, 'second') }}
{%- endmacro %}


{#- Renders the components that are over a limit, once each. members: SQL of entity_type, identifier_type, identifier_value, component, first_seen_at,
    one row an identifier. What is undated counts for no window. The same on every database. -#}
{% macro nexus_over_limits(members) -%}
select distinct component
from (
    {%- for limit in nexus.nexus_limits() %}
    {%- set position = 'partition by component order by ' ~ (nexus.nexus_second('first_seen_at') ~ ', ' if limit['days'] else '') ~ nexus.nexus_byte_order('identifier_value') %}
    select
        component,
        {%- if limit['days'] %}
        {{ nexus.nexus_second('first_seen_at') }} - lag({{ nexus.nexus_second('first_seen_at') }}, {{ limit['limit'] }}) over ({{ position }}) as apart,
        {{ limit['days'] * 86400 }} as window_seconds
        {%- else %}
        row_number() over ({{ position }}) - {{ limit['limit'] }} as apart,
        0 as window_seconds
        {%- endif %},
        {{ 1 if limit['days'] else 0 }} as has_window
    from ({{ members }}) as members
    where identifier_type = {{ nexus.nexus_text_literal(limit['type']) }}
        {%- if limit['days'] %}
        and first_seen_at is not null
        {%- endif %}
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}
) as counted
where (has_window = 0 and apart > 0)
    or (has_window = 1 and apart < window_seconds)
{%- endmacro %}


{#- The table of sightings that leave their occurrences. The model's statement gives the sightings that would join. -#}
{%- materialization nexus_limits, default -%}
  {{ return(nexus.nexus_table_made_by(nexus.nexus_make_limits)) }}
{%- endmaterialization -%}


{#- Makes the table of sightings that leave their occurrences. relation: the table, not there yet. sql: the sightings that would join. -#}
{% macro nexus_make_limits(relation, sql) -%}
  {%- set whole = relation.incorporate(path={'identifier': relation.identifier ~ '_whole'}, type='table') -%}
  {%- do drop_relation_if_exists(load_cached_relation(whole)) -%}
  {%- do nexus.nexus_make_components(whole, 'select edge_id, entity_type, identifier_type, identifier_value from (' ~ sql ~ ') as unlimited') -%}
  {%- set members = nexus.nexus_work_table('limited_members', nexus.nexus_members_over_limits(sql, whole)) -%}
  {%- set nodes = nexus.nexus_work_table('limited_nodes', nexus.nexus_nodes_over_limits(members)) -%}
  {%- set links = nexus.nexus_work_table('limited_links', nexus.nexus_links_over_limits(members, nodes)) -%}
  {%- set refused = nexus.nexus_refused_links(nodes, links) -%}
  {%- set kept = nexus.nexus_work_relation('limited_refused') -%}
  {%- set ns = namespace(is_made=false) -%}
  {%- for limit in nexus.nexus_limits() -%}
    {%- for numbers in refused[loop.index0] | batch(1000) -%}
      {%- set rows -%}
        select {{ nexus.nexus_text_literal(limit['type']) }} as limited_type, {{ limit['limit'] }} as max_per_entity, link
        from {{ links }}
        where link in ({{ numbers | join(', ') }})
      {%- endset -%}
      {%- call statement('nexus_refused') -%}
        {%- if ns.is_made -%}insert into {{ kept }} {{ rows }}{%- else -%}{{ create_table_as(True, kept, rows) }}{%- endif -%}
      {%- endcall -%}
      {%- set ns.is_made = true -%}
    {%- endfor -%}
  {%- endfor -%}
  {%- call statement('main') -%}
    {{ create_table_as(False, relation, nexus.nexus_leaving_members(members, links, kept) if ns.is_made else nexus.nexus_nobody_leaves()) }}
  {%- endcall -%}
  {%- for work in [members, nodes, links] + ([kept] if ns.is_made else []) -%}
    {%- do adapter.drop_relation(work) -%}
  {%- endfor -%}
  {%- do adapter.drop_relation(whole) -%}
{%- endmacro %}


{% macro nexus_nobody_leaves() -%}
{{ nexus.nexus_empty_rows({'edge_id': 'text', 'entity_type': 'text', 'identifier_type': 'text', 'identifier_value': 'text', 'limited_type': 'text', 'max_per_entity': 'integer'}) }}
{%- endmacro %}


{#- Renders the members of the occurrences of components over a limit, each with the place that it has there. whole: the components without limits. -#}
{% macro nexus_members_over_limits(sql, whole) -%}
with unlimited as (
    {{ sql | indent(4) }}
),

identifiers as (
    select {{ nexus.nexus_identifier_columns() }}, min(occurred_at) as first_seen_at
    from unlimited
    group by entity_type, identifier_type, identifier_value
),

crowded as (
    {{ nexus.nexus_over_limits("select " ~ nexus.nexus_identifier_columns('whole') ~ ", whole.component, identifiers.first_seen_at from " ~ whole
        ~ " as whole inner join identifiers on " ~ nexus.nexus_same_identifier('whole', 'identifiers')) | indent(4) }}
),

members as (
    select
        unlimited.edge_id,
        {{ nexus.nexus_identifier_columns('unlimited') }},
        min(unlimited.occurred_at) as seen_at,
        max(case when unlimited.rule = 'forced' then 1 else 0 end) as is_forced
    from unlimited
    inner join {{ whole }} as whole
        on {{ nexus.nexus_same_identifier('unlimited', 'whole') | indent(4) }}
    inner join crowded on whole.component = crowded.component
    where unlimited.edge_id is not null
    group by unlimited.edge_id, unlimited.entity_type, unlimited.identifier_type, unlimited.identifier_value
),

{%- set order %}partition by members.edge_id, members.entity_type
            order by {{ nexus.nexus_identifier_priority('members.identifier_type') }}, {{ nexus.nexus_byte_order('members.identifier_type') }}, {{ nexus.nexus_byte_order('members.identifier_value') }}
{%- endset %}

placed as (
    select
        members.edge_id,
        {{ nexus.nexus_identifier_columns('members') }},
        members.is_forced,
        min(members.seen_at) over (partition by members.edge_id, members.entity_type) as happened_at,
        row_number() over (
            {{ order }}
        ) as place,
        first_value(members.identifier_type) over (
            {{ order }}
            rows between unbounded preceding and unbounded following
        ) as first_type,
        first_value(members.identifier_value) over (
            {{ order }}
            rows between unbounded preceding and unbounded following
        ) as first_value_of_type
    from members
)

select
    placed.edge_id,
    {{ nexus.nexus_identifier_columns('placed') }},
    placed.is_forced,
    placed.happened_at,
    placed.place,
    placed.first_type,
    placed.first_value_of_type,
    identifiers.first_seen_at
from placed
inner join identifiers
    on {{ nexus.nexus_same_identifier('placed', 'identifiers') }}
{%- endmacro %}


{#- Renders the identifiers of such members, numbered. -#}
{% macro nexus_nodes_over_limits(members) -%}
select
    row_number() over (
        order by
            {{ nexus.nexus_byte_order('entity_type') }},
            {{ nexus.nexus_byte_order('identifier_type') }},
            {{ nexus.nexus_byte_order('identifier_value') }}
    ) as node,
    {{ nexus.nexus_identifier_columns() }},
    {{ nexus.nexus_second('first_seen_at') }} as seen_second
from (
    select {{ nexus.nexus_identifier_columns() }}, min(first_seen_at) as first_seen_at
    from {{ members }}
    group by entity_type, identifier_type, identifier_value
) as identifiers
{%- endmacro %}


{#- Renders the pairs of a first and another identifier of an occurrence, once each, numbered in the order in which they come. -#}
{% macro nexus_links_over_limits(members, nodes) -%}
with ranked as (
    select
        members.entity_type,
        members.first_type,
        members.first_value_of_type,
        members.identifier_type,
        members.identifier_value,
        members.edge_id,
        members.is_forced,
        members.happened_at,
        members.place,
        row_number() over (
            partition by members.entity_type, members.first_type, members.first_value_of_type, members.identifier_type, members.identifier_value
            order by members.is_forced desc, members.happened_at asc nulls last, {{ nexus.nexus_byte_order('members.edge_id') }}
        ) as precedence
    from {{ members }} as members
    where members.place > 1
)

select
    row_number() over (
        order by
            ranked.is_forced desc,
            ranked.happened_at asc nulls last,
            {{ nexus.nexus_byte_order('ranked.edge_id') }},
            {{ nexus.nexus_byte_order('ranked.entity_type') }},
            ranked.place
    ) as link,
    ranked.is_forced,
    firsts.node as node_a,
    others.node as node_b,
    ranked.entity_type,
    ranked.first_type,
    ranked.first_value_of_type,
    ranked.identifier_type,
    ranked.identifier_value
from ranked
inner join {{ nodes }} as firsts
    on ranked.entity_type = firsts.entity_type
    and ranked.first_type = firsts.identifier_type
    and ranked.first_value_of_type = firsts.identifier_value
inner join {{ nodes }} as others
    on {{ nexus.nexus_same_identifier('ranked', 'others') }}
where ranked.precedence = 1
{%- endmacro %}


{#- Returns for each limit the numbers of the links that it refuses. Links are walked through in their order, each joins the entities of its ends unless
    together they would be over a limit: what was once too much stays too much, so a pair is asked for once. The same on every database. -#}
{% macro nexus_refused_links(nodes, links) -%}
  {%- set limits = nexus.nexus_limits() -%}
  {%- set refused = [] -%}
  {%- set limit_of_type = {} -%}
  {%- for limit in limits -%}
    {%- do refused.append([]) -%}
    {%- do limit_of_type.update({limit['type']: loop.index0}) -%}
  {%- endfor -%}
  {%- set entity_of, nodes_of, seconds_of = {}, {}, {} -%}
  {%- set limited = 'select node, identifier_type, seen_second from ' ~ nodes ~ ' where identifier_type in (' ~ nexus.nexus_text_literals(limit_of_type.keys() | list) ~ ')' -%}
  {%- for row in run_query(limited).rows -%}
    {%- set index = limit_of_type[row[1]] -%}
    {%- if limits[index]['days'] is none or row[2] is not none -%}
      {%- do seconds_of.update({row[0] | int: {index: [(row[2] or 0) | int]}}) -%}
    {%- endif -%}
  {%- endfor -%}
  {%- for row in run_query('select node_a, node_b, is_forced, link from ' ~ links ~ ' order by link').rows -%}
    {%- set a, b = entity_of.get(row[0] | int, row[0] | int), entity_of.get(row[1] | int, row[1] | int) -%}
    {%- if a != b -%}
      {%- set broken = nexus.nexus_broken_limit(limits, seconds_of.get(a, {}), seconds_of.get(b, {})) if row[2] | int == 0 else none -%}
      {%- if broken is not none -%}
        {%- do refused[broken].append(row[3] | int) -%}
      {%- else -%}
        {%- set of_a, of_b = nodes_of.get(a, [a]), nodes_of.get(b, [b]) -%}
        {%- set survivor, other = (a, b) if of_a | length >= of_b | length else (b, a) -%}
        {%- set joined, moved = (of_a, of_b) if survivor == a else (of_b, of_a) -%}
        {%- for node in moved -%}
          {%- do entity_of.update({node: survivor}) -%}
        {%- endfor -%}
        {%- do joined.extend(moved) -%}
        {%- do nodes_of.update({survivor: joined, other: []}) -%}
        {%- do nexus.nexus_join_seconds(seconds_of, survivor, other) -%}
      {%- endif -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(refused) }}
{%- endmacro %}


{#- Gives an entity the seconds that another one had, by limit. -#}
{% macro nexus_join_seconds(seconds_of, survivor, other) -%}
  {%- set joined = seconds_of.get(survivor, {}) -%}
  {%- for index, seconds in seconds_of.get(other, {}).items() -%}
    {%- do joined.update({index: joined.get(index, []) + seconds}) -%}
  {%- endfor -%}
  {%- do seconds_of.update({survivor: joined, other: {}}) -%}
{%- endmacro %}


{#- Returns the place of the first limit that two entities together would be over, none where there is none. here, there: place of a limit → the
    seconds in which their identifiers of that type were first seen. -#}
{% macro nexus_broken_limit(limits, here, there) -%}
  {%- set found = namespace(broken=none) -%}
  {%- for index, seconds in here.items() if index in there and found.broken is none -%}
    {%- set limit = limits[index] -%}
    {%- set all = (seconds + there[index]) | sort -%}
    {%- if all | length > limit['limit'] -%}
      {%- if limit['days'] is none -%}
        {%- set found.broken = index -%}
      {%- else -%}
        {%- for second in all[limit['limit']:] -%}
          {%- if second - all[loop.index0] < limit['days'] * 86400 -%}
            {%- set found.broken = index -%}
          {%- endif -%}
        {%- endfor -%}
      {%- endif -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(found.broken) }}
{%- endmacro %}


{#- Renders the members that leave. refused: numbers of links with their limits. -#}
{% macro nexus_leaving_members(members, links, refused) -%}
select distinct
    members.edge_id,
    {{ nexus.nexus_identifier_columns('members') }},
    refused.limited_type,
    cast(refused.max_per_entity as {{ dbt.type_bigint() }}) as max_per_entity
from {{ members }} as members
inner join {{ links }} as links
    on members.entity_type = links.entity_type
    and members.first_type = links.first_type
    and members.first_value_of_type = links.first_value_of_type
    and members.identifier_type = links.identifier_type
    and members.identifier_value = links.identifier_value
inner join {{ refused }} as refused on links.link = refused.link
where members.place > 1
{%- endmacro %}
