{{ toolbox.type_map('string') }} {{ toolbox.type_map('int') }} {{ toolbox.type_map('ts') }}
