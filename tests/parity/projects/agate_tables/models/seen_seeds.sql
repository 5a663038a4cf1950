-- depends_on: {{ ref('looked_at') }} {{ ref('slow') }} {{ ref('renamed') }} {{ ref('empty') }}
select name, facts from {{ target.schema }}.seen
