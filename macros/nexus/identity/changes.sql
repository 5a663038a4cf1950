{#- What `identity: incremental: true` adds: each build finds the identifiers that changed, nexus_identity_changes numbers them as a batch, and the other
    tables take in the batches that they do not have yet (`change_batch` of their rows says how far they are). -#}


{#- Renders the columns that name an identifier. of: alias, or none. end: `_a` or `_b` of an edge. -#}
{% macro nexus_identifier_columns(of=none, end='') -%}
{%- set before = of ~ '.' if of else '' -%}
{{ before }}entity_type, {{ before }}identifier_type{{ end }}{% if end %} as identifier_type{% endif %}, {{ before }}identifier_value{{ end }}{% if end %} as identifier_value{% endif %}
{%- endmacro %}


{#- Renders that two rows name one identifier. here, there: aliases. end: `_a` or `_b`, where `here` is an edge. -#}
{% macro nexus_same_identifier(here, there, end='') -%}
{{ here }}.entity_type = {{ there }}.entity_type
    and {{ here }}.identifier_type{{ end }} = {{ there }}.identifier_type
    and {{ here }}.identifier_value{{ end }} = {{ there }}.identifier_value
{%- endmacro %}


{#- Returns the relation of a model of this package as an earlier build left it, none where there is none with a `change_batch`. It is no ref: the model
    is built after the one that asks. -#}
{% macro nexus_built_relation(name) -%}
  {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.package_name == 'nexus' and node.name == name -%}
    {%- set found = load_relation(api.Relation.create(database=node.database, schema=node.schema, identifier=node.alias)) -%}
    {%- if found is not none and found.is_table and nexus.nexus_has_column(found, 'change_batch') -%}
      {{ return(found) }}
    {%- endif -%}
  {%- endfor -%}
  {{ return(none) }}
{%- endmacro %}

{% macro nexus_has_column(relation, name) -%}
  {%- for column in adapter.get_columns_in_relation(relation) if column.name | lower == name -%}
    {{ return(true) }}
  {%- endfor -%}
  {{ return(false) }}
{%- endmacro %}


{#- Returns how a table takes in what changed: {mode: `all`, `some` or `none`, applied: the last batch it has, batch: the last there is}. `all`:
    it is made anew, because it is not there, a full refresh is asked for, or a batch says so. existing: the table as it stands, or none.
    The same on every database. -#}
{% macro nexus_pending(existing) -%}
  {%- set changes = ref('nexus_identity_changes') -%}
  {%- if not execute -%}
    {{ return({'mode': 'all', 'applied': 0, 'batch': 0}) }}
  {%- endif -%}
  {%- set batch = run_query('select coalesce(max(batch), 0) as batch from ' ~ changes).rows[0][0] | int -%}
  {%- set all = {'mode': 'all', 'applied': 0, 'batch': batch} -%}
  {%- if existing is none or not existing.is_table or not nexus.nexus_has_column(existing, 'change_batch') -%}
    {{ return(all) }}
  {%- endif -%}
  {%- set applied = run_query('select coalesce(max(change_batch), 0) as batch from ' ~ existing).rows[0][0] | int -%}
  {%- set whole = nexus.nexus_count(changes, "change = 'all' and batch > " ~ applied) -%}
  {%- if applied == 0 or applied > batch or whole > 0 -%}
    {{ return(all) }}
  {%- endif -%}
  {{ return({'mode': 'some' if batch > applied else 'none', 'applied': applied, 'batch': batch}) }}
{%- endmacro %}


{#- Returns the same for the model that is being built. -#}
{% macro nexus_pending_here() -%}
  {%- if not execute or flags.FULL_REFRESH -%}
    {{ return(nexus.nexus_pending(none)) }}
  {%- endif -%}
  {%- set pending = nexus.nexus_pending(load_cached_relation(this)) -%}
  {%- if model.name == 'nexus_resolved_identifiers' and pending['mode'] == 'none' and nexus.nexus_count(ref('nexus_identity_ledger'), nexus.nexus_is_decided_since(this)) -%}
    {%- do pending.update({'mode': 'some'}) -%}
  {%- endif -%}
  {{ return(pending) }}
{%- endmacro %}


{#- Renders the identifiers that changed in the batches after `applied`, once each. -#}
{% macro nexus_changed_since(applied) -%}
select distinct {{ nexus.nexus_identifier_columns() }}
from {{ ref('nexus_identity_changes') }}
where batch > {{ applied }}
{%- endmacro %}


{#- Renders that a row of the ledger is newer than nexus_resolved_identifiers. resolved: that table. -#}
{% macro nexus_is_decided_since(resolved) -%}
batch > (select coalesce(max(decision_batch), 0) from {{ resolved }})
{%- endmacro %}


{#- Renders nexus_identity_changes: with a memory to compare with the identifiers that changed, else one row that says that all must be made anew. -#}
{% macro nexus_identity_changes() -%}
  {%- if not execute -%}
{{ nexus.nexus_all_changed(1) }}
-- depends_on: {{ ref('nexus_entity_identifiers') }}, {{ ref('nexus_identity_hubs') }} {{ nexus.nexus_joining_sightings() }}
  {%- else -%}
    {%- set nodes = nexus.nexus_built_relation('nexus_identity_nodes') -%}
    {%- set edges = nexus.nexus_built_relation('nexus_identity_edges') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set ns = namespace(batch=0) -%}
    {%- for known, column in [(existing, 'batch'), (nodes, 'change_batch')] if known is not none -%}
      {%- set last = run_query('select coalesce(max(' ~ column ~ '), 0) as batch from ' ~ known).rows[0][0] | int -%}
      {%- set ns.batch = [ns.batch, last] | max -%}
    {%- endfor -%}
    {%- if not is_incremental() or nodes is none or edges is none -%}
{{ nexus.nexus_all_changed(ns.batch + 1) }}
    {%- else -%}
      {%- set found = run_query(nexus.nexus_sightings_below_watermark(nodes)).rows[0] -%}
      {%- set is_appended = found[0] | int == 1 -%}
      {%- set newer = found[1] | int -%}
      {%- if is_appended and newer == 0 -%}
        {%- do log('nexus identity: no row came, none went', info=True) -%}
{{ nexus.nexus_empty_rows({'batch': 'integer', 'change': 'text', 'entity_type': 'text', 'identifier_type': 'text', 'identifier_value': 'text'}) }}
      {%- else -%}
        {%- do log('nexus identity: ' ~ ('{:,} rows are newer than the watermark'.format(newer) if is_appended else 'rows at or below the watermark came, went or changed: all identifiers are compared'), info=True) -%}
{{ nexus.nexus_changed_identifiers(ns.batch + 1, nodes, edges, is_appended) }}
      {%- endif -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}


{% macro nexus_all_changed(batch) -%}
select
    cast({{ batch }} as {{ dbt.type_bigint() }}) as batch,
    'all' as change,
    cast(null as {{ dbt.type_string() }}) as entity_type,
    cast(null as {{ dbt.type_string() }}) as identifier_type,
    cast(null as {{ dbt.type_string() }}) as identifier_value
{%- endmacro %}


{#- Renders whether the sightings up to the watermark are those that the nodes were made of (1 or 0), and how many are newer. nodes:
    nexus_identity_nodes as it stands. -#}
{% macro nexus_sightings_below_watermark(nodes) -%}
select
    case when found.sightings = known.sightings and found.fingerprint = known.fingerprint then 1 else 0 end as is_appended,
    found.newer
from (
    select
        count(case when is_newer = 0 and rule = 'same occurrence' then 1 end) as sightings,
        coalesce(sum(case when is_newer = 0 then fingerprint else 0 end), 0) as fingerprint,
        coalesce(sum(is_newer), 0) as newer
    from (
        select
            joining.rule,
            case when joining._ingested_at > watermarks.watermark then 1 else 0 end as is_newer,
            {{ nexus.nexus_sighting_fingerprint('joining') }} as fingerprint
        from (
            {{ nexus.nexus_joining_sightings() | indent(12) }}
        ) as joining
        cross join (select max(_ingested_at) as watermark from {{ nodes }}) as watermarks
    ) as sightings
) as found
cross join (
    select coalesce(sum(sightings), 0) as sightings, coalesce(sum(fingerprint), 0) as fingerprint
    from {{ nodes }}
) as known
{%- endmacro %}


{#- Renders the batch: identifiers with new rows (is_appended) or with other rows than before; those that they stand beside, in rows or in edges
    made before, come along, because their edges may change. nodes, edges: as they stand. -#}
{% macro nexus_changed_identifiers(batch, nodes, edges, is_appended) -%}
{#- In place wherever it is read: DuckDB would write all sightings down first. -#}
{%- set joining -%}
(
        {{ nexus.nexus_joining_sightings() | indent(8) }}
    ) as joining
{%- endset -%}
with seeds as (
    {%- if is_appended %}
    select distinct {{ nexus.nexus_identifier_columns() }}
    from {{ joining }}
    where _ingested_at > (select max(_ingested_at) from {{ nodes }})
    {%- else %}
    select {{ nexus.nexus_identifier_columns() }}
    from (
        select
            {{ nexus.nexus_identifier_columns() }},
            count(case when rule = 'same occurrence' then 1 end) as sightings,
            sum({{ nexus.nexus_sighting_fingerprint('joining') }}) as fingerprint
        from {{ joining }}
        group by entity_type, identifier_type, identifier_value

        union all

        select {{ nexus.nexus_identifier_columns() }}, -sightings as sightings, -fingerprint as fingerprint
        from {{ nodes }}
    ) as compared
    group by entity_type, identifier_type, identifier_value
    having sum(sightings) <> 0
        or sum(fingerprint) <> 0
    {%- endif %}
),

occurrences as (
    select distinct joining.edge_id, joining.entity_type
    from {{ joining }}
    inner join seeds
        on {{ nexus.nexus_same_identifier('joining', 'seeds') | indent(4) }}
    where joining.edge_id is not null
),

touched as (
    select {{ nexus.nexus_identifier_columns() }}
    from seeds

    union all

    select {{ nexus.nexus_identifier_columns('joining') }}
    from {{ joining }}
    inner join occurrences
        on joining.edge_id = occurrences.edge_id
        and joining.entity_type = occurrences.entity_type
    {%- for here, there in [('_a', '_b'), ('_b', '_a')] %}

    union all

    select {{ nexus.nexus_identifier_columns('edges', there) }}
    from {{ edges }} as edges
    inner join seeds
        on {{ nexus.nexus_same_identifier('edges', 'seeds', here) | indent(4) }}
    {%- endfor %}
)

select distinct
    cast({{ batch }} as {{ dbt.type_bigint() }}) as batch,
    'touched' as change,
    {{ nexus.nexus_identifier_columns() }}
from touched
{%- endmacro %}


{#- Renders a number that depends on what a sighting says besides its identifier; sums of it tell rows apart without comparing them one by one. alias:
    relation of sightings that may join. By database: the function. -#}
{% macro nexus_sighting_fingerprint(alias) -%}
  {{ return(adapter.dispatch('nexus_fingerprint', 'nexus')([alias ~ '.edge_id', alias ~ '.event_id', alias ~ '.source', alias ~ '.occurred_at', alias ~ '._ingested_at', alias ~ '.rule'])) }}
{%- endmacro %}

{% macro default__nexus_fingerprint(columns) -%}
  {%- if execute -%}
    {%- do nexus.nexus_configuration_error('`identity: incremental: true` needs a hash function that is not known of ' ~ target.type, 'write a macro ' ~ target.type ~ '__nexus_fingerprint(columns), or use `incremental: false`') -%}
  {%- endif -%}
  0
{%- endmacro %}

{% macro nexus_fingerprint_text(columns) -%}
{% for column in columns %}coalesce(cast({{ column }} as {{ dbt.type_string() }}), '-'){% if not loop.last %} || '|' || {% endif %}{% endfor %}
{%- endmacro %}

{% macro duckdb__nexus_fingerprint(columns) -%}
cast(hash({{ columns | join(', ') }}) % 1099511627776 as bigint)
{%- endmacro %}

{% macro postgres__nexus_fingerprint(columns) -%}
mod(hashtextextended({{ nexus.nexus_fingerprint_text(columns) }}, 0), 1099511627776)
{%- endmacro %}

{% macro redshift__nexus_fingerprint(columns) -%}
mod(cast(strtol(left(md5({{ nexus.nexus_fingerprint_text(columns) }}), 15), 16) as bigint), 4294967296)
{%- endmacro %}

{% macro bigquery__nexus_fingerprint(columns) -%}
mod(farm_fingerprint({{ nexus.nexus_fingerprint_text(columns) }}), 4294967296)
{%- endmacro %}

{% macro snowflake__nexus_fingerprint(columns) -%}
mod(hash({{ nexus.nexus_fingerprint_text(columns) }}), 4294967296)
{%- endmacro %}

{% macro databricks__nexus_fingerprint(columns) -%}
pmod(xxhash64({{ nexus.nexus_fingerprint_text(columns) }}), 4294967296)
{%- endmacro %}
