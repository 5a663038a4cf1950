select {'a': 1, 'b': {'c': 'x'}} as packed, [{'d': 1}] as many
