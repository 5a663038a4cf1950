{{ config(
    materialized=nexus.nexus_growing(),
    incremental_strategy=nexus.nexus_appending(),
    pre_hook="{{ nexus.nexus_delete_arrived_again('gmail_records', ['_connection_id', 'gmail_message_id']) }}",
    enabled=nexus.nexus_source_shipped('gmail')
) }}

-- One row a message in a mailbox: the newest record, headers as columns.
with versions as (
    select
        _ingested_at,
        _connection_id,
        _raw_record as record,
        gmail_message_id,
        gmail_thread_id,
        snippet,
        label_ids,
        size_estimate_bytes,
        sent_at,
        row_number() over (
            partition by _connection_id, gmail_message_id
            order by _ingested_at desc nulls last, _raw_record desc
        ) as recency
    from {{ ref('gmail_records') }}
    where reject_reason is null
        {%- if nexus.nexus_adds() %}
        and {{ nexus.nexus_arrived_since() }}
        {%- endif %}
),

copies as (
    select
        _ingested_at,
        _connection_id,
        record,
        gmail_message_id,
        gmail_thread_id,
        snippet,
        label_ids,
        size_estimate_bytes,
        sent_at
    from versions
    where recency = 1
),

elements as (
    {{ nexus.nexus_json_elements('copies', ['_connection_id', 'gmail_message_id'], 'record', 'payload.headers') }}
),

named_headers as (
    select
        _connection_id,
        gmail_message_id,
        lower({{ nexus.nexus_json_text('element', 'name') }}) as header_name,
        nullif(trim({{ nexus.nexus_json_text('element', 'value') }}), '') as header_value
    from elements
),

headers as (
    select
        _connection_id,
        gmail_message_id,
        max(case when header_name = 'message-id' then header_value end) as message_id_header,
        max(case when header_name = 'in-reply-to' then header_value end) as in_reply_to_header,
        max(case when header_name = 'references' then header_value end) as references_header,
        max(case when header_name = 'subject' then header_value end) as subject,
        max(case when header_name = 'from' then header_value end) as from_header,
        max(case when header_name = 'to' then header_value end) as to_header,
        max(case when header_name = 'cc' then header_value end) as cc_header,
        max(case when header_name = 'bcc' then header_value end) as bcc_header,
        max(case
            when header_name = 'precedence' and lower(header_value) in ('bulk', 'list', 'junk') then 1
            when header_name = 'auto-submitted' and lower(header_value) <> 'no' then 1
            when header_name in ('list-id', 'list-unsubscribe', 'x-autoreply', 'x-autorespond') then 1
            else 0
        end) as bulk_marks
    from named_headers
    group by _connection_id, gmail_message_id
)

select
    copies._ingested_at,
    copies._connection_id,
    copies.gmail_message_id,
    copies.gmail_thread_id,
    coalesce(headers.message_id_header, copies._connection_id || '/' || copies.gmail_message_id) as message_key,
    coalesce(
        {{ nexus.nexus_regexp_group('headers.references_header', '(<[^<>]+>)') }},
        {{ nexus.nexus_regexp_group('headers.in_reply_to_header', '(<[^<>]+>)') }},
        headers.message_id_header,
        copies._connection_id || '/' || copies.gmail_message_id
    ) as thread_key,
    copies.sent_at,
    headers.subject,
    headers.from_header,
    headers.to_header,
    headers.cc_header,
    headers.bcc_header,
    copies.snippet,
    copies.size_estimate_bytes,
    coalesce(copies.label_ids like '%"SENT"%', false) as is_in_sent_mail,
    coalesce(headers.bulk_marks, 0) = 1 as is_bulk
from copies
left join headers
    on copies._connection_id = headers._connection_id
    and copies.gmail_message_id = headers.gmail_message_id
