{#- Renders the identifiers that are in an entity by the ledger, one row each: the newest decision about an identifier counts. ledger:
    nexus_identity_ledger. scope: a relation of the identifiers that are asked for, all without. The same on every database. -#}
{% macro nexus_ledger_current(ledger, scope=none) -%}
select entity_type, identifier_type, identifier_value, entity_id
from (
    select
        ledger.entity_type,
        ledger.identifier_type,
        ledger.identifier_value,
        ledger.entity_id,
        row_number() over (partition by ledger.entity_type, ledger.identifier_type, ledger.identifier_value order by ledger.batch desc) as recency
    from {{ ledger }} as ledger
    {%- if scope %}
    inner join {{ scope }}
        on {{ nexus.nexus_same_identifier('ledger', scope) | indent(8) }}
    {%- endif %}
) as decisions
where recency = 1
    and entity_id is not null
{%- endmacro %}


{#- Renders the first decisions: every identifier is of an entity that was just born. The same on every database. -#}
{% macro nexus_first_decisions() -%}
select
    {{ nexus.create_nexus_id('identity_ledger', ['1', 'entity_type', 'identifier_type', 'identifier_value']) }} as identity_ledger_id,
    cast(1 as {{ dbt.type_bigint() }}) as batch,
    'born' as decision,
    {{ nexus.nexus_entity_id('entity_type', 'component') }} as entity_id,
    cast(null as {{ dbt.type_string() }}) as previous_entity_id,
    entity_type,
    identifier_type,
    identifier_value,
    cast(null as {{ dbt.type_string() }}) as identity_edge_id,
    cast(null as {{ dbt.type_string() }}) as event_id,
    cast(null as {{ dbt.type_string() }}) as source,
    (select max(_ingested_at) from {{ ref('nexus_identity_nodes') }}) as batch_ingested_at,
    change_batch
from {{ ref('nexus_identity_components') }}
{%- endmacro %}


{#- Renders the identifiers whose decisions may have to change: of components made again after the batch `applied`, and those that changed.  -#}
{% macro nexus_identifiers_in_question(applied) -%}
select {{ nexus.nexus_identifier_columns() }}
from {{ ref('nexus_identity_components') }}
where change_batch > {{ applied }}

union {% if target.type == 'bigquery' %}distinct{% endif %}

{{ nexus.nexus_changed_since(applied) }}
{%- endmacro %}


{#- Renders the decisions that components call for which the ledger does not have yet; no row where nothing changed.

    An entity is kept by the component that has most of its identifiers (of equals, by the smaller name). Of the entities that a component keeps the
    one with most identifiers there survives (of equals the older, then the smaller id): the others are merged into it. What an entity has in
    other components is split from it. A component that keeps no entity is a new one, named after itself unless that name was ever used.
    ledger: nexus_identity_ledger as it stands. Only components that were made again since its last decisions are looked at, unless
    nexus_pending says `all`: entities and components cover one another, so no other can have changed. The same on every database. -#}
{% macro nexus_next_decisions(ledger) -%}
{%- set pending = nexus.nexus_pending(load_cached_relation(ledger)) -%}
{%- set scope = 'scope' if pending['mode'] != 'all' else none -%}
with {% if scope %}scope as (
    {{ nexus.nexus_identifiers_in_question(pending['applied']) | indent(4) }}
),

{% endif %}known as (
    {{ nexus.nexus_ledger_current(ledger, scope) | indent(4) }}
),

batches as (
    select
        max(batch) + 1 as batch,
        (select max(_ingested_at) from {{ ref('nexus_identity_nodes') }}) as batch_ingested_at
    from {{ ledger }}
),

members as (
    select
        components.entity_type,
        components.identifier_type,
        components.identifier_value,
        components.component,
        known.entity_id as previous_entity_id
    from {{ ref('nexus_identity_components') }} as components
    left join known
        on components.entity_type = known.entity_type
        and components.identifier_type = known.identifier_type
        and components.identifier_value = known.identifier_value
        {%- if scope %}
    where components.change_batch > {{ pending['applied'] }}
        {%- endif %}
),

-- When the entities came that are met here, and those whose names a new one might get.
entity_ages as (
    select ledger.entity_id, min(ledger.batch) as first_batch
    from {{ ledger }} as ledger
    {%- if scope %}
    inner join (
        select entity_id
        from known

        union {% if target.type == 'bigquery' %}distinct{% endif %}

        select {{ nexus.nexus_entity_id('entity_type', 'component') }} as entity_id
        from members
    ) as met on ledger.entity_id = met.entity_id
    {%- endif %}
    where ledger.entity_id is not null
    group by ledger.entity_id
),

shares as (
    select entity_type, component, previous_entity_id, count(*) as identifiers
    from members
    where previous_entity_id is not null
    group by entity_type, component, previous_entity_id
),

keepers as (
    select
        entity_type,
        component,
        previous_entity_id,
        identifiers,
        row_number() over (
            partition by previous_entity_id
            order by identifiers desc, {{ nexus.nexus_byte_order('component') }}
        ) as precedence
    from shares
),

survivors as (
    select
        keepers.component,
        keepers.previous_entity_id as entity_id,
        row_number() over (
            partition by keepers.component
            order by keepers.identifiers desc, entity_ages.first_batch, {{ nexus.nexus_byte_order('keepers.previous_entity_id') }}
        ) as precedence
    from keepers
    inner join entity_ages on keepers.previous_entity_id = entity_ages.entity_id
    where keepers.precedence = 1
),

newcomers as (
    select
        members.entity_type,
        members.component,
        max(case when members.previous_entity_id is null then 0 else 1 end) as has_parts
    from members
    left join survivors
        on members.component = survivors.component
        and survivors.precedence = 1
    where survivors.component is null
    group by members.entity_type, members.component
),

assigned as (
    select component, entity_id, 0 as is_born
    from survivors
    where precedence = 1

    union all

    select
        newcomers.component,
        case
            when entity_ages.entity_id is null then {{ nexus.nexus_entity_id('newcomers.entity_type', 'newcomers.component') }}
            else {{ nexus.nexus_entity_id('newcomers.entity_type', nexus.nexus_md5("newcomers.component || '|' || cast(batches.batch as " ~ dbt.type_string() ~ ")")) }}
        end as entity_id,
        1 - newcomers.has_parts as is_born
    from newcomers
    cross join batches
    left join entity_ages on {{ nexus.nexus_entity_id('newcomers.entity_type', 'newcomers.component') }} = entity_ages.entity_id
),

changes as (
    select
        case
            when members.previous_entity_id is null and assigned.is_born = 1 then 'born'
            when members.previous_entity_id is null then 'accreted'
            when keepers.precedence = 1 then 'merged'
            else 'split'
        end as decision,
        assigned.entity_id,
        members.previous_entity_id,
        members.entity_type,
        members.identifier_type,
        members.identifier_value
    from members
    inner join assigned on members.component = assigned.component
    left join keepers
        on members.component = keepers.component
        and members.previous_entity_id = keepers.previous_entity_id
    where members.previous_entity_id is null
        or members.previous_entity_id <> assigned.entity_id

    union all

    select
        case when hubs.identifier_value is null then 'removed' else 'quarantined' end as decision,
        cast(null as {{ dbt.type_string() }}) as entity_id,
        known.entity_id as previous_entity_id,
        known.entity_type,
        known.identifier_type,
        known.identifier_value
    from known
    left join {{ ref('nexus_identity_components') }} as components
        on known.entity_type = components.entity_type
        and known.identifier_type = components.identifier_type
        and known.identifier_value = components.identifier_value
    left join {{ ref('nexus_identity_hubs') }} as hubs
        on known.entity_type = hubs.entity_type
        and known.identifier_type = hubs.identifier_type
        and known.identifier_value = hubs.identifier_value
    where components.identifier_value is null
),

linked as (
    {{ nexus.nexus_edges_of_changes('a', 'b') | indent(4) }}

    union all

    {{ nexus.nexus_edges_of_changes('b', 'a') | indent(4) }}
),

-- What joined an identifier to its entity, or two entities: an edge to a member that did not come along.
causes as (
    select
        linked.decision,
        linked.previous_entity_id,
        linked.entity_type,
        linked.identifier_type,
        linked.identifier_value,
        linked.identity_edge_id,
        linked.first_event_id,
        linked.first_source,
        row_number() over (
            partition by
                linked.decision,
                linked.entity_type,
                linked.previous_entity_id,
                case when linked.decision = 'accreted' then linked.identifier_type end,
                case when linked.decision = 'accreted' then linked.identifier_value end
            order by linked.first_seen_at asc nulls last, {{ nexus.nexus_byte_order('linked.identity_edge_id') }}
        ) as precedence
    from linked
    inner join members
        on linked.entity_type = members.entity_type
        and linked.other_type = members.identifier_type
        and linked.other_value = members.identifier_value
    where linked.decision = 'accreted'
        or members.previous_entity_id is null
        or members.previous_entity_id <> linked.previous_entity_id
)

select
    {{ nexus.create_nexus_id('identity_ledger', ['batches.batch', 'changes.entity_type', 'changes.identifier_type', 'changes.identifier_value']) }} as identity_ledger_id,
    batches.batch,
    changes.decision,
    changes.entity_id,
    changes.previous_entity_id,
    changes.entity_type,
    changes.identifier_type,
    changes.identifier_value,
    coalesce(merges.identity_edge_id, accretions.identity_edge_id) as identity_edge_id,
    coalesce(merges.first_event_id, accretions.first_event_id) as event_id,
    coalesce(merges.first_source, accretions.first_source) as source,
    batches.batch_ingested_at,
    cast({{ pending['batch'] }} as {{ dbt.type_bigint() }}) as change_batch
from changes
cross join batches
left join causes as merges
    on changes.decision = merges.decision
    and merges.decision = 'merged'
    and merges.precedence = 1
    and changes.entity_type = merges.entity_type
    and changes.previous_entity_id = merges.previous_entity_id
left join causes as accretions
    on changes.decision = accretions.decision
    and accretions.decision = 'accreted'
    and accretions.precedence = 1
    and {{ nexus.nexus_same_identifier('changes', 'accretions') }}
{%- endmacro %}


{#- Renders the edges of identifiers that were accreted or merged, seen from one end. here, there: `a` and `b`, or the other way
    round. The same on every database. -#}
{% macro nexus_edges_of_changes(here, there) -%}
select
    changes.decision,
    changes.previous_entity_id,
    changes.entity_type,
    changes.identifier_type,
    changes.identifier_value,
    edges.identifier_type_{{ there }} as other_type,
    edges.identifier_value_{{ there }} as other_value,
    edges.identity_edge_id,
    edges.first_event_id,
    edges.first_source,
    edges.first_seen_at
from changes
inner join {{ ref('nexus_identity_edges') }} as edges
    on changes.entity_type = edges.entity_type
    and changes.identifier_type = edges.identifier_type_{{ here }}
    and changes.identifier_value = edges.identifier_value_{{ here }}
where changes.decision in ('accreted', 'merged')
{%- endmacro %}
