"""Makes raw records of the five shipped sources, in the shapes of examples/demo, and writes them to a DuckDB database.

    benches/gen_framework.py EVENTS DATABASE

EVENTS is how many events the framework makes of them, about; identifiers are half as many. The same arguments give the same rows: all that looks
random is md5 of a number and a word. Companies have people who write mail, meet, pay and browse; half of them have a shop with buyers.
"""
import sys
from pathlib import Path

import duckdb

# `pick` is a number below `sides`; `late` when a record reached the warehouse: minutes later, one in fifty after days.
MACROS = """
create macro pick(number, word, sides) as cast(md5_number_lower(number::varchar || word) % sides as bigint);
create macro moment(number, word) as timestamp '2023-01-01 00:00:00' + to_seconds(pick(number, word, 63000000));
create macro late(number, word, happened) as happened + to_seconds(5 + pick(number, word || ' arrives', 600)
    + case when pick(number, word || ' is late', 50) = 0 then pick(number, word || ' by', 432000) else 0 end);
create macro iso(happened) as strftime(happened, '%Y-%m-%dT%H:%M:%S.000Z');
create macro company_domain(company) as 'firm' || company || '.example';
create macro contact_email(contact) as 'p' || contact || '@' || company_domain(contact // 4);
create macro contact_name(contact) as 'Person ' || contact;
create macro number_of(kind, n) as '+1' || (2000000000::bigint + kind * 1000000000::bigint + n)::varchar;
create macro our_email(n) as 'agent' || (n % 20) || '@sliderule.example';
"""

RAW = "create or replace table raw_{table} as select _ingested_at, _connection_id, _stream_id, _raw_record from ({rows}) order by _ingested_at, _raw_record"

GMAIL = """
with messages as (
    select
        i, i // 3 as thread, pick(i // 3, 'writer', {contacts}) as contact,
        moment(i // 3, 'thread') + to_hours(cast(5 * (i % 3) as int)) + to_seconds(pick(i, 'reply', 3600)) as happened,
        i % 3 = 1 as is_ours
    from range({messages}) as r(i)
),
copies as (
    select *, 0 as copy from messages
    union all
    select *, 1 as copy from messages where pick(i, 'copied', 10) = 0
)
select
    late(i * 2 + copy, 'mail', happened) as _ingested_at,
    'gmail:' || our_email(thread + copy) as _connection_id,
    'messages' as _stream_id,
    json_object(
        'id', md5('mail' || i || copy)[:16], 'threadId', md5('thread' || thread || copy)[:16],
        'labelIds', case when is_ours and copy = 0 then ['SENT'] else ['INBOX'] end, 'snippet', 'About order ' || thread,
        'historyId', i::varchar, 'internalDate', epoch_ms(happened)::varchar, 'sizeEstimate', 2000 + pick(i, 'size', 20000),
        'payload', json_object('mimeType', 'multipart/alternative', 'filename', '', 'headers', json_array(
            json_object('name', 'MIME-Version', 'value', '1.0'),
            json_object('name', 'Date', 'value', strftime(happened, '%a, %d %b %Y %H:%M:%S +0000')),
            json_object('name', 'Message-ID', 'value', '<m' || i || '@mail.example>'),
            json_object('name', 'Subject', 'value', case when i % 3 = 0 then 'Question ' else 'Re: Question ' end || thread),
            json_object('name', 'From', 'value', case when is_ours then 'Agent <' || our_email(thread) || '>'
                else contact_name(contact) || ' <' || contact_email(contact) || '>' end),
            json_object('name', 'To', 'value', case when is_ours then contact_name(contact) || ' <' || contact_email(contact) || '>'
                else 'Agent <' || our_email(thread) || '>' end),
            json_object('name', 'Cc', 'value', case when pick(i, 'cc', 4) = 0 then contact_email(contact // 4 * 4 + pick(i, 'cced', 4)) else '' end),
            json_object('name', 'References', 'value', case when i % 3 > 0 then '<m' || thread * 3 || '@mail.example>' else '' end)
        ))
    )::varchar as _raw_record
from copies
"""

CALENDAR = """
with meetings as (
    select i, pick(i, 'guest', {contacts}) as contact, moment(i, 'meeting') as created_at,
        moment(i, 'meeting') + to_hours(cast(24 + pick(i, 'until', 200) as int)) as starts_at
    from range({meetings}) as r(i)
),
versions as (
    select *, 0 as version, created_at as happened from meetings
    union all
    select *, 1 as version, created_at + to_hours(3) as happened from meetings
)
select
    late(i * 2 + version, 'meeting', happened) as _ingested_at,
    'google_calendar:' || our_email(i) as _connection_id,
    'events' as _stream_id,
    json_object(
        'kind', 'calendar#event', 'etag', '"' || epoch_ms(happened) || '"', 'id', md5('meeting' || i)[:26],
        'status', case when version = 1 and pick(i, 'off', 20) = 0 then 'cancelled' else 'confirmed' end,
        'created', iso(created_at), 'updated', iso(happened), 'summary', 'Check-in ' || i,
        'organizer', json_object('email', our_email(i), 'displayName', 'Agent'),
        'start', json_object('dateTime', strftime(starts_at, '%Y-%m-%dT%H:%M:%SZ')),
        'end', json_object('dateTime', strftime(starts_at + to_minutes(30), '%Y-%m-%dT%H:%M:%SZ')),
        'iCalUID', md5('meeting' || i)[:26] || '@google.com', 'sequence', 0,
        'attendees', json_array(
            json_object('email', our_email(i), 'displayName', 'Agent', 'organizer', true, 'responseStatus', 'accepted'),
            json_object('email', contact_email(contact), 'displayName', contact_name(contact),
                'responseStatus', case when version = 1 then 'accepted' else 'needsAction' end),
            json_object('email', contact_email(contact // 4 * 4 + pick(i, 'second', 4)),
                'responseStatus', case when version = 1 and pick(i, 'declines', 3) = 0 then 'declined' else 'needsAction' end)
        ),
        'eventType', 'default'
    )::varchar as _raw_record
from versions
"""

# Of each company the customer, a subscription, and six months of invoices: step 0, 1, then four a month.
STRIPE = """
with steps as (
    select company, step, (step - 2) // 4 as month, (step - 2) % 4 as part, company * 4 + pick(company, 'payer', 4) as contact,
        moment(company, 'signs up') + to_days(cast(case when step < 2 then 0 else 30 * ((step - 2) // 4) end as int)) + to_seconds(step) as happened
    from range({companies}) as c(company), range(26) as s(step)
),
typed as (
    select *,
        case
            when step = 0 then 'customer.created'
            when step = 1 then 'customer.subscription.created'
            when part = 0 then 'invoice.created'
            when part = 1 then 'charge.succeeded'
            when part = 2 and pick(company * 10 + month, 'fails', 12) = 0 then 'customer.subscription.updated'
            when part = 2 then 'payment_intent.succeeded'
            else 'invoice.paid'
        end as type
    from steps
)
select
    late(company * 100 + step, 'stripe', happened) as _ingested_at,
    'stripe:acct_1SlideRule' as _connection_id,
    'webhooks' as _stream_id,
    json_object(
        'id', 'evt_' || md5('stripe' || company || '/' || step)[:24], 'object', 'event', 'api_version', '2024-06-20', 'created', epoch(happened)::bigint,
        'data', json_object('object', case
            when type = 'customer.created' then json_object(
                'id', 'cus_' || company, 'object', 'customer', 'created', epoch(happened)::bigint, 'email', contact_email(contact),
                'metadata', json_object('company_domain', company_domain(company)), 'name', 'Firm ' || company, 'phone', number_of(1, contact))
            when type like 'customer.subscription.%' then json_object(
                'id', 'sub_' || company, 'object', 'subscription', 'created', epoch(happened)::bigint, 'currency', 'usd', 'customer', 'cus_' || company,
                'pause_collection', null, 'status', case when step = 1 then 'active' else 'past_due' end, 'metadata', json_object())
            when type like 'invoice.%' then json_object(
                'id', 'in_' || company || '_' || month, 'object', 'invoice', 'amount_due', 9900, 'amount_paid', case when part = 3 then 9900 else 0 end,
                'created', epoch(happened)::bigint, 'currency', 'usd', 'customer', 'cus_' || company, 'customer_email', contact_email(contact),
                'customer_name', 'Firm ' || company, 'customer_phone', number_of(1, contact), 'number', 'F' || company || '-' || month,
                'status', case when part = 3 then 'paid' else 'draft' end, 'subscription', 'sub_' || company, 'total', 9900)
            when type = 'charge.succeeded' then json_object(
                'id', 'ch_' || company || '_' || month, 'object', 'charge', 'amount', 9900, 'amount_refunded', 0,
                'billing_details', json_object('email', contact_email(contact), 'name', contact_name(contact), 'phone', number_of(1, contact)),
                'created', epoch(happened)::bigint, 'currency', 'usd', 'customer', 'cus_' || company, 'invoice', 'in_' || company || '_' || month,
                'payment_method_details', json_object('card', json_object('brand', 'visa')))
            else json_object(
                'id', 'pi_' || company || '_' || month, 'object', 'payment_intent', 'amount', 9900, 'amount_received', 9900, 'created', epoch(happened)::bigint,
                'currency', 'usd', 'customer', 'cus_' || company, 'invoice', 'in_' || company || '_' || month,
                'latest_charge', 'ch_' || company || '_' || month, 'receipt_email', contact_email(contact), 'status', 'succeeded')
        end),
        'livemode', true, 'pending_webhooks', 1, 'type', type
    )::varchar as _raw_record
from typed
"""

# Deliveries of shops: installation, buyers, orders of buyers, fulfillments, checkouts that are left.
SHOPIFY = """
with shops as (
    select company, company_domain(company) as domain, 'firm' || company || '.myshopify.com' as shop from range(0, {companies}, 2) as c(company)
),
buyers as (
    select
        i, 'firm' || 2 * pick(i, 'shop', {companies} // 2) || '.myshopify.com' as shop, moment(i, 'buyer') as happened,
        json_object(
            'id', 6000000000000 + i, 'email', 'buyer' || i || '@' || case when i % 3 = 0 then 'gmail.com' else 'mail' || i % 500 || '.example' end,
            'first_name', 'Buyer', 'last_name', i::varchar, 'phone', case when i % 10 < 7 then number_of(2, i) end) as customer
    from range({buyers}) as r(i)
),
deliveries as (
    select 'app/installed' as topic, shop, moment(company, 'installs') as happened, company as n, json_object(
        'id', 7000000000 + company, 'name', 'Firm ' || company, 'email', contact_email(company * 4), 'domain', domain, 'myshopify_domain', shop,
        'shop_owner', contact_name(company * 4), 'phone', null, 'currency', 'USD', 'iana_timezone', 'America/Los_Angeles', 'plan_name', 'basic',
        'created_at', iso(timestamp '2022-06-01' + to_seconds(company))) as payload
    from shops
    union all
    select 'customers/create', shop, happened, i, json_merge_patch(customer, json_object('created_at', iso(happened), 'updated_at', iso(happened), 'state', 'enabled'))
    from buyers
    union all
    select 'orders/create', shop, happened + to_seconds(60), i, json_object(
        'id', 4500000000000 + i, 'name', '#' || i, 'email', customer ->> 'email', 'phone', customer ->> 'phone', 'created_at', iso(happened + to_seconds(60)),
        'updated_at', iso(happened + to_seconds(60)), 'currency', 'USD', 'total_price', (10 + i % 90) || '.50', 'customer', customer,
        'line_items', json_array(json_object('id', i, 'title', 'Stoneware mug', 'quantity', 1, 'price', (10 + i % 90) || '.50')))
    from buyers where i % 4 > 0
    union all
    select 'fulfillments/create', shop, happened + to_days(2), i, json_object(
        'id', 3500000000000 + i, 'order_id', 4500000000000 + i, 'status', 'success', 'created_at', iso(happened + to_days(2)), 'email', customer ->> 'email')
    from buyers where i % 4 > 1
    union all
    select 'checkouts/create', shop, happened + to_seconds(30), i, json_object(
        'id', 30000000000000 + i, 'token', md5(i::varchar), 'email', customer ->> 'email', 'phone', customer ->> 'phone',
        'created_at', iso(happened + to_seconds(30)), 'updated_at', iso(happened + to_seconds(30)), 'completed_at', null, 'currency', 'USD', 'total_price', '20.00',
        'customer', customer)
    from buyers where i % 8 = 0
)
select
    late(n, topic, happened) as _ingested_at,
    'shopify:sliderule-app' as _connection_id,
    'webhooks' as _stream_id,
    json_object('webhook_id', md5(topic || n), 'topic', topic, 'shop_domain', shop, 'api_version', '2024-07', 'triggered_at', iso(happened), 'payload', payload)::varchar
        as _raw_record
from deliveries
"""

# Browsers look happened pages; in four of ten somebody logs in, and in one of eight names the company.
SEGMENT = """
with calls as (
    select i, 'page' as type, 0 as n, moment(i, 'visit') as happened from range({visitors}) as r(i)
    union all
    select i, 'identify', 1, moment(i, 'visit') + to_seconds(60) from range({visitors}) as r(i) where i % 5 < 2
    union all
    select i, 'group', 2, moment(i, 'visit') + to_seconds(90) from range({visitors}) as r(i) where i % 8 = 1 and i % 5 < 2
    union all
    select i, 'track', 3, moment(i, 'visit') + to_seconds(120) from range({visitors}) as r(i) where i % 3 = 0
)
select
    late(i * 4 + n, 'segment', happened) as _ingested_at,
    'segment:sliderule-website' as _connection_id,
    'messages' as _stream_id,
    json_object(
        'messageId', 'ajs-' || md5('call' || i || '/' || n), 'type', type, 'channel', 'browser', 'anonymousId', md5('browser' || i),
        'userId', case when n between 1 and 2 then 'u_' || i end,
        'groupId', case when type = 'group' then 'acc_' || pick(i, 'contact', {contacts}) // 4 end,
        'name', case when type = 'page' then 'Pricing' end,
        'event', case when type = 'track' then 'Report Exported' end,
        'properties', case when type = 'page' then json_object('path', '/pricing/' || i % 7, 'url', 'https://www.sliderule.example/pricing') else json_object() end,
        'traits', case
            when type = 'identify' then json_object('email', contact_email(pick(i, 'contact', {contacts})), 'name', contact_name(pick(i, 'contact', {contacts})))
            when type = 'group' then json_object('name', 'Firm', 'domain', company_domain(pick(i, 'contact', {contacts}) // 4)) end,
        'context', json_object('page', json_object('path', '/pricing/' || i % 7, 'referrer', 'https://search.example/')),
        'receivedAt', iso(happened), 'timestamp', iso(happened)
    )::varchar as _raw_record
from calls
"""

TABLES = {"gmail_messages": GMAIL, "google_calendar_events": CALENDAR, "stripe_events": STRIPE, "shopify_events": SHOPIFY, "segment_messages": SEGMENT}


def generate(events, database):
    """Writes the raw tables of about so many events to a database, which need not exist."""
    companies = max(events // 100, 10)
    sizes = {"companies": companies, "contacts": 4 * companies, "messages": events * 21 // 100, "meetings": events * 4 // 100,
             "buyers": events * 105 // 1000, "visitors": events * 9 // 100}
    con = duckdb.connect(str(database))
    con.execute(MACROS)
    for table, rows in TABLES.items():
        con.execute(RAW.format(table=table, rows=rows.format(**sizes)))
    for macro in ("pick", "moment", "late", "iso", "company_domain", "contact_email", "contact_name", "number_of", "our_email"):
        con.execute(f"drop macro {macro}")
    con.close()


if __name__ == "__main__":
    if len(sys.argv) != 3 or not sys.argv[1].isdigit():
        sys.exit(__doc__)
    generate(int(sys.argv[1]), Path(sys.argv[2]))
