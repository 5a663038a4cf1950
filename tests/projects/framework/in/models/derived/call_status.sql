{{ nexus.base_state(
    'call_status',
    {'call started': 'on call', 'call paused': 'on hold', 'call ended': none},
    entity_type='person',
    roles=['speaker'],
    source='calls'
) }}
