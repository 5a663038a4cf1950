list_sum(list_filter(numbers, n -> n >= least))
