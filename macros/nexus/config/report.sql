{#- Says at the end of a run what was put aside, by reason: identifiers in quarantine and rejects, each where its table was built in
    this run and has rows. Renders nothing. The same on every database. -#}
{% macro nexus_report_rejects() -%}
  {#- Named here, where parsing sees them. -#}
  {%- set quarantine, rejects = ref('nexus_identity_quarantine'), ref('nexus_rejects') -%}
  {%- if execute and flags.WHICH in ['run', 'build'] -%}
    {%- set built = [] -%}
    {%- for result in results if result.status == 'success' and result.node.resource_type == 'model' -%}
      {%- do built.append(result.node.name) -%}
    {%- endfor -%}
    {%- if 'nexus_identity_quarantine' in built -%}
      {%- do nexus.nexus_report_reasons(quarantine, 'reason', 'quarantined identifiers') -%}
    {%- endif -%}
    {%- if 'nexus_rejects' in built -%}
      {%- do nexus.nexus_report_reasons(rejects, "reason || ' (' || source || ')'", 'rejected records and values') -%}
    {%- endif -%}
  {%- endif -%}
{%- endmacro %}


{#- Logs how many rows a table of put-aside rows has, and how many of each reason, most first. Says nothing about an empty table.
    reason: SQL expression. The same on every database. -#}
{% macro nexus_report_reasons(relation, reason, what) -%}
  {%- set query -%}
select {{ reason }} as reason, count(*) as row_count
from {{ relation }}
group by {{ reason }}
order by 2 desc, 1
  {%- endset -%}
  {%- set total = namespace(rows=0) -%}
  {%- set reasons = [] -%}
  {%- for row in run_query(query).rows -%}
    {%- set total.rows = total.rows + (row[1] | int) -%}
    {%- do reasons.append((row[1] | int) ~ ' ' ~ row[0]) -%}
  {%- endfor -%}
  {%- if total.rows > 0 -%}
    {%- set more = (reasons | length) - 5 -%}
    {%- do log(
        'nexus: ' ~ what ~ ': ' ~ total.rows ~ ', listed in ' ~ relation.identifier ~ ': ' ~ reasons[:5] | join(', ') ~ (' and ' ~ more ~ ' more' if more > 0 else ''),
        info=true) -%}
  {%- endif -%}
{%- endmacro %}
