-- What a source says twice is one row with both sayings: the last by time, the first by time, undated ones outside. Who says it otherwise is another row.
with expected(trait_name, trait_value, statements, event_id, occurred_at, first_event_id, first_occurred_at, raw_identifier_value) as (
    values
        ('tier', 'gold', 2, 'p2', timestamp '2024-01-02', 'p1', timestamp '2024-01-01', 'Sam@traits.example'),
        ('tier', 'silver', 1, 'p3', timestamp '2024-03-01', 'p3', timestamp '2024-03-01', 'Sam@traits.example'),
        ('first_page', '/c', 1, 'p8', null, 'p8', null, 'Sam@traits.example')
),

found as (
    select trait_name, trait_value, statements, event_id, occurred_at, first_event_id, first_occurred_at, raw_identifier_value
    from {{ ref('nexus_entity_traits') }}
    where identifier_value = 'sam@traits.example'
        and (trait_name = 'tier' or trait_value = '/c')
)

select 'found only' as side, * from (select * from found except all select * from expected) as missing
union all
select 'expected only' as side, * from (select * from expected except all select * from found) as missing
