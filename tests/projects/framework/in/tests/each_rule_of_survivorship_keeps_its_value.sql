-- Sam. tier: gold twice, silver once but later. colour: once each, so the newer. first_page: the earliest dated one. city: profiles before
-- crm before any other, and of two of profiles the newer. nickname: ledger has priority 1, crm 100. desk: the default rule.
-- statement_count: 17 statements, one of them about the number itself, which the model replaces.
with expected(trait_name, trait_value, survivorship, source, event_id, occurred_at, statements, other_statements) as (
    values
        ('tier', 'gold', 'most_frequent', 'profiles', 'p2', timestamp '2024-01-02', 2, 1),
        ('colour', 'blue', 'most_frequent', 'profiles', 'p5', timestamp '2024-02-01', 1, 1),
        ('first_page', '/a', 'earliest', 'profiles', 'p7', timestamp '2024-01-01', 1, 2),
        ('city', 'Basel', 'source_priority', 'profiles', 'p11', timestamp '2024-02-01', 1, 3),
        ('nickname', 'S', 'source_priority', 'ledger', 'p14', timestamp '2024-01-01', 1, 1),
        ('desk', 'Chief', 'latest', 'crm', 'p16', timestamp '2024-02-01', 1, 1),
        ('statement_count', '16', 'computed', 'statement_count', null, timestamp '2024-06-01', 1, 0)
),

sam as (
    select entity_id
    from {{ ref('nexus_resolved_identifiers') }}
    where identifier_value = 'sam@traits.example'
),

found as (
    select trait_name, trait_value, survivorship, source, event_id, occurred_at, statements, other_statements
    from {{ ref('nexus_trait_provenance') }}
    where entity_id in (select entity_id from sam)
)

select 'found only' as side, * from (select * from found except all select * from expected) as missing
union all
select 'expected only' as side, * from (select * from expected except all select * from found) as missing
union all
select 'column' as side, tier, colour, first_page, city, null, null, null, null
from {{ ref('nexus_persons') }}
where person_id in (select entity_id from sam)
    and (tier, colour, first_page, city, nickname, desk, statement_count) is distinct from ('gold', 'blue', '/a', 'Basel', 'S', 'Chief', 16)
