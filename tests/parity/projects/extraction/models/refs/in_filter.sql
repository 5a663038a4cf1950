select '{{ ref("base_model") | string | length }}' as n, '{{ (ref("base_model") ~ "") | replace("\"", "") | length }}' as m
