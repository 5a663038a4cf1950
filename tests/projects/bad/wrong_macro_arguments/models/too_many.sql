select {{ two(1, 2, 3) }}
