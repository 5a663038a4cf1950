select id
from {{
    ref(
        'base_model',
    )
}}
