{{ adapter.dispatch('type_string', 'dbt')() }} {{ adapter.dispatch('concat', macro_namespace='dbt')(['a', 'b']) }}
