-- The identifiers by hand: event, edge, entity type, identifier type, value, role.
{%- set blank = '  ' %}
{%- set rows = [
    ['cycle 1', 'cycle 1', 'person', 'user_id', 'cycle-b', 'actor'],
    ['cycle 1', 'cycle 1', 'person', 'user_id', 'cycle-c', 'actor'],
    ['cycle 2', 'cycle 2', 'person', 'user_id', 'cycle-c', 'actor'],
    ['cycle 2', 'cycle 2', 'person', 'user_id', 'cycle-a', 'actor'],
    ['cycle 3', 'cycle 3', 'person', 'user_id', 'cycle-a', 'actor'],
    ['cycle 3', 'cycle 3', 'person', 'user_id', 'cycle-b', 'actor'],
    ['cycle 4', 'cycle 4', 'person', 'user_id', 'cycle-b', 'actor'],
    ['cycle 4', 'cycle 4', 'person', 'user_id', 'cycle-b', 'witness'],

    ['alice 1', 'alice 1', 'person', 'email', 'alice@a.example', 'actor'],
    ['alice 1', 'alice 1', 'person', 'phone', '', 'actor'],
    ['alice 1', 'alice 1', 'person', 'user_id', none, 'actor'],
    ['alice 1', 'alice 1', 'person', 'crm_id', 'N/A', 'actor'],
    ['alice 1', 'alice 1', 'person', 'email', 'NoReply@b.example', 'actor'],
    ['alice 1', 'alice 1', 'person', 'user_id', 'Test-User', 'actor'],
    ['bob 1', 'bob 1', 'person', 'email', 'bob@a.example', 'actor'],
    ['bob 1', 'bob 1', 'person', 'phone', blank, 'actor'],
    ['bob 1', 'bob 1', 'person', 'user_id', none, 'actor'],
    ['bob 1', 'bob 1', 'person', 'crm_id', 'n/a', 'actor'],
    ['bob 1', 'bob 1', 'person', 'email', 'noreply@b.example', 'actor'],
    ['bob 1', 'bob 1', 'person', 'user_id', 'test-user', 'actor'],
    ['bob 1', 'bob 1', 'person', 'phone', '1234567890', 'actor'],
    ['bob 1', 'bob 1', 'person', 'email', 'bob@@a..example', 'actor'],
    ['bob 1', 'bob 1', 'robot', 'email', 'bob@a.example', 'actor'],

    ['carla 1', 'carla 1', 'person', 'email', ' Carla@X.Example ', 'actor'],
    ['carla 1', 'carla 1', 'person', 'phone', '(415) 555-0100', 'actor'],
    ['carla 2', 'carla 2', 'person', 'phone', '+1 415.555.0100', 'actor'],
    ['carla 2', 'carla 2', 'person', 'user_id', 'carla', 'actor'],
    ['carla 3', 'carla 3', 'person', 'email', 'carla@x.example', 'actor'],
    ['carla 3', 'carla 3', 'person', 'user_id', "it's \"quoted\"", 'actor'],
    ['zoe 1', 'zoe 1', 'person', 'email', 'ZOË@münchen.example', 'actor'],
    ['zoe 1', 'zoe 1', 'person', 'user_id', '佐藤|健二', 'actor'],
    ['zoe 1', 'zoe 1', 'person', 'user_id', "o'brien 😀", 'actor'],

    ['dana 1', 'dana 1', 'person', 'user_id', '42', 'actor'],
    ['erin 1', 'erin 1', 'person', 'crm_id', '42', 'actor'],
    ['frank 1', none, 'person', 'user_id', 'frank-1', 'actor'],
    ['frank 1', none, 'person', 'user_id', 'frank-2', 'actor'],

    ['kiosk 1', 'kiosk 1', 'person', 'device_id', 'kiosk', 'actor'],
    ['kiosk 1', 'kiosk 1', 'person', 'user_id', 'ivy', 'actor'],
    ['kiosk 2', 'kiosk 2', 'person', 'device_id', 'kiosk', 'actor'],
    ['kiosk 2', 'kiosk 2', 'person', 'user_id', 'jack', 'actor'],
    ['kiosk 3', 'kiosk 3', 'person', 'device_id', ' kiosk', 'actor'],
    ['kiosk 3', 'kiosk 3', 'person', 'user_id', 'kate', 'actor'],
    ['kiosk 4', 'kiosk 4', 'person', 'device_id', 'kiosk', 'actor'],
    ['tablet 1', 'tablet 1', 'person', 'device_id', 'tablet', 'actor'],
    ['tablet 1', 'tablet 1', 'person', 'user_id', 'liam', 'actor'],
    ['tablet 2', 'tablet 2', 'person', 'device_id', 'tablet', 'actor'],
    ['tablet 2', 'tablet 2', 'person', 'user_id', 'liam-2', 'actor'],
    ['tablet 3', 'tablet 3', 'person', 'device_id', 'tablet', 'actor'],
    ['tablet 3', 'tablet 3', 'person', 'user_id', 'liam-2', 'witness'],
    ['crowd 1', 'crowd 1', 'person', 'device_id', 'crowd', 'actor'],
    ['crowd 1', 'crowd 1', 'person', 'user_id', 'mia-1', 'actor'],
    ['crowd 1', 'crowd 1', 'person', 'user_id', 'mia-2', 'actor'],
    ['crowd 1', 'crowd 1', 'person', 'user_id', 'mia-3', 'actor'],
    ['kiosk 5', 'kiosk 5', 'group', 'device_id', 'kiosk', 'owner'],

    ['plan 1', 'plan 1', 'subscription', 'subscription_id', 'S-2', 'subject'],
    ['plan 1', 'plan 1', 'subscription', 'crm_id', '42', 'subject'],
    ['plan 2', 'plan 2', 'subscription', 'subscription_id', 'S-3', 'subject'],

    ['acme 1', 'acme 1', 'group', 'domain', 'https://WWW.Acme.Example/about', 'customer'],
    ['acme 1', 'acme 1', 'group', 'account_id', 'A-1', 'customer'],
    ['acme 1', 'acme 1', 'person', 'domain', 'acme.example', 'customer'],
    ['acme 1', 'acme 1', 'person', 'user_id', 'gina', 'actor'],
    ['acme 2', 'acme 2', 'group', 'account_id', 'A-1', 'customer'],
    ['acme 2', 'acme 2', 'person', 'user_id', 'hank', 'actor'],
    ['globex 1', 'globex 1', 'group', 'domain', 'globex.example', 'customer']
] %}
{%- for row in rows %}
select
    {%- for name in ['event_id', 'edge_id', 'entity_type', 'identifier_type', 'identifier_value', 'role'] %}
    cast({% if row[loop.index0] is none %}null{% else %}{{ nexus.nexus_text_literal(row[loop.index0]) }}{% endif %} as {{ dbt.type_string() }}) as {{ name }}{% if not loop.last %},{% endif %}
    {%- endfor %}
{% if not loop.last %}union all{% endif %}
{%- endfor %}
