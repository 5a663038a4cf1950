{{ toolbox.flatten_dict(var('settings')) | tojson }}
