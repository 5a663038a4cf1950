{{ expression_is_true('sum(amount) > 0', group_by_columns=['customer', 'status'], row_condition='amount is not null') }}
