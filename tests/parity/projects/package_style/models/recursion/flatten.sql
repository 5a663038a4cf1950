{{ toolbox.flatten_dict({'a': 1, 'b': {'c': 2, 'd': {'e': [3]}}, 'f': {}}) }}
{{ flatten_dict is defined }}
