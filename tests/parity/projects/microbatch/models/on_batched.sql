{{ config(event_time='seen_at') }}
select id, seen_at, upper(page) as page from {{ ref('daily') }}
