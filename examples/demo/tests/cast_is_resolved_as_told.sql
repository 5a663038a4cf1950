-- The people and companies of README.md, written down by hand and not by the generator: identifiers of one
-- line end up in one entity, identifiers of two lines in two.
{% set people = {
    'Lewis': ['lewis.smith@hollywoodfarms.example', 'lewis@hollywoodfarms.example', 'lewis.smith+invoices@hollywoodfarms.example',
              'hollywood.lewis@gmail.com', '+13235550117', '+13105550164', 'u_1001'],
    'Kim': ['kim.alvarez@hollywoodfarms.example', '+13235550118', 'u_1002'],
    'Jane': ['jane.doe@brightledger.example', '+12065550142', 'u_1003'],
    'Tomás': ['tomas@pineandpaper.example', '+15035550129', 'u_1004'],
    'Ana': ['ana@pineandpaper.example', '+15035550130'],
    'info@ of Pine & Paper': ['info@pineandpaper.example'],
    'info@ of Hollywood Farms': ['info@hollywoodfarms.example'],
    'Maya': ['maya.okafor@okaforceramics.example', 'maya.lindqvist@kilnandco.example', '+16125550155'],
    'Kenji': ['kenji.sato@satorobotics.example', '+819055501234'],
    'Amélie': ['amelie.obrien.studio@gmail.com', '+353870555012', 'u_1005'],
    'Omar': ['omar@velvetbakery.example'],
    'Chris of Northwind': ['chris.lee@northwindgoods.example', '+16465550171', 'u_1006'],
    'Chris of Southbay': ['chris.lee@southbaycycles.example', '+16505550172', 'u_1007'],
    'Priya': ['priya.raman.reads@gmail.com', 'priya.r@outlook.com', 'praman@yahoo.com', 'priya@ramanhome.example', 'p.raman.orders@outlook.com',
              '+17735550181', '+17735550182', '+17735550183', '+17735550184', '+17735550185'],
    'Arjun': ['arjun.raman.mail@outlook.com', '+17735550190'],
    'Kevin': ['kevin@sliderule.example', '+14155550101'],
    'Dana': ['dana@sliderule.example'],
    'Ravi': ['ravi@sliderule.example'],
    'support@': ['support@sliderule.example'],
    'billing@': ['billing@sliderule.example'],
} %}
{% set companies = {
    'SlideRule': ['sliderule.example'],
    'Hollywood Farms': ['hollywoodfarms.example', 'hollywood-farms.myshopify.com', 'acc_2001'],
    'Bright Ledger': ['brightledger.example'],
    'Pine & Paper': ['pineandpaper.example', 'pine-and-paper.myshopify.com', 'acc_2002'],
    'Kiln & Co': ['okaforceramics.example', 'kilnandco.example', 'okafor-ceramics.myshopify.com', 'acc_2003'],
    'Sato Robotics': ['satorobotics.example'],
    "O'Brien Studio": ['obrien-studio.myshopify.com'],
    'Velvet Bakery': ['velvetbakery.example'],
    'Northwind Goods': ['northwindgoods.example', 'acc_2004'],
    'Southbay Cycles': ['southbaycycles.example', 'acc_2005'],
    'Raman home': ['ramanhome.example'],
} %}
with cast_members as (
    {% for name, values in people.items() %}
    {% for value in values %}
    select 'person' as entity_type, {{ nexus.nexus_text_literal(name) }} as told, '{{ value }}' as identifier_value union all
    {% endfor %}
    {% endfor %}
    {% for name, values in companies.items() %}
    {% set last_name = loop.last %}
    {% for value in values %}
    select 'group' as entity_type, {{ nexus.nexus_text_literal(name) }} as told, '{{ value }}' as identifier_value{% if not (last_name and loop.last) %} union all{% endif %}

    {% endfor %}
    {% endfor %}
),

resolved as (
    select 'person' as entity_type, person_id as entity_id, identifier_type, identifier_value
    from {{ ref('nexus_resolved_person_identifiers') }}
    union all
    select 'group' as entity_type, group_id as entity_id, identifier_type, identifier_value
    from {{ ref('nexus_resolved_group_identifiers') }}
),

pairs as (
    select cast_members.entity_type, cast_members.told, cast_members.identifier_value, resolved.entity_id
    from cast_members
    left join resolved
        on cast_members.entity_type = resolved.entity_type
        and cast_members.identifier_value = resolved.identifier_value
),

spread as (
    select told
    from pairs
    group by told
    having count(distinct entity_id) <> 1
),

mixed as (
    select entity_id
    from pairs
    where entity_id is not null
    group by entity_id
    having count(distinct told) > 1
)

select entity_type, told, identifier_value, entity_id
from pairs
where entity_id is null
    or told in (select told from spread)
    or entity_id in (select entity_id from mixed)
