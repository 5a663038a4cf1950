select '{{ who_am_i() }}' as who, '{{ this.schema }}' as in_schema, '{{ alpha.who_am_i() }}' as other
from {{ ref('alpha', 'alpha_model') }}
