select * from {{ beta.hidden_ref('base_model') }}
