{{ config(custom_a='x') }}
{{ config.get('custom_a', default='y', validator=validation.any('x', 'y')) }} {{ {(1, 2): 'pair'}[1, 2] }}
