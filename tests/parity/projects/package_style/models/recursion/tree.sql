{{ toolbox.render_tree([{'name': 'a', 'children': [{'name': 'b'}, {'name': 'c', 'children': [{'name': 'd'}]}]}, {'name': 'e', 'children': []}]) }}
