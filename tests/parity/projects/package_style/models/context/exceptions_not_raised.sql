{{ maybe(false) }} {{ exceptions.warn('careful') | length }}
