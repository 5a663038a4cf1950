{{ note('model', 'shapes', context_shapes()) }}
