with found as (
    {%- for normalizer in ['email', 'phone', 'domain', 'name', 'lower', 'text'] %}
    select normalizer, raw, expected, {{ nexus.nexus_normalize('raw', normalizer) }} as found
    from {{ ref('normalize_cases') }}
    where normalizer = '{{ normalizer }}'
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

again as (
    -- What is normalised already stays as it is.
    {%- for normalizer in ['email', 'phone', 'domain', 'name', 'lower', 'text'] %}
    select normalizer, expected as raw, expected, {{ nexus.nexus_normalize('expected', normalizer) }} as found
    from {{ ref('normalize_cases') }}
    where normalizer = '{{ normalizer }}'
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
)

select normalizer, raw, expected, found from found where found is distinct from expected
union all
select normalizer, raw, expected, found from again where found is distinct from expected
