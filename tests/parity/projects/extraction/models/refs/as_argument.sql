select '{{ typed(ref("base_model").identifier, 1) }}' as name from {{ ref(model_name_of('base')) }}
