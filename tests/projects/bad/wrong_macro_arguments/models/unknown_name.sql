select {{ two(1, c=2) }}
