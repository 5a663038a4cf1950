select '3' as v, '{{ model.version }}' as said, '{{ model.latest_version }}' as latest, '{{ this.identifier }}' as named
