{#- Returns what holds where `vars: nexus` says nothing. The same on every database. -#}
{% macro nexus_defaults() -%}
  {{ return({
      'generic_domains': [
          'gmail.com', 'googlemail.com', 'outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'yahoo.com', 'ymail.com',
          'icloud.com', 'me.com', 'mac.com', 'aol.com', 'proton.me', 'protonmail.com', 'gmx.com', 'gmx.de', 'gmx.net', 'web.de',
          'mail.com', 'zoho.com', 'yandex.com', 'yandex.ru', 'mail.ru', 'qq.com', '163.com', '126.com', 'hey.com', 'fastmail.com',
          'pm.me', 'tutanota.com', 't-online.de', 'orange.fr', 'free.fr', 'wanadoo.fr', 'libero.it', 'comcast.net', 'verizon.net', 'att.net'
      ],
      'shared_mailboxes': [
          'accounting', 'accounts', 'admin', 'billing', 'contact', 'finance', 'hello', 'help', 'info', 'invoices',
          'mailer-daemon', 'no-reply', 'noreply', 'office', 'orders', 'postmaster', 'sales', 'support', 'team'
      ],
      'default_country_code': '1',
      'blocked_values': ['null', 'none', 'nil', 'nan', 'n/a', 'na', 'undefined', 'unknown', '(null)', '(none)', '-', '--', '[object object]'],
      'identifier_types': {
          'email': {'normalize': 'email'},
          'phone': {'normalize': 'phone'},
          'domain': {'normalize': 'domain'},
          'myshopify_domain': {'normalize': 'domain'}
      },
      'traits': {
          'person': {
              'name': 'text', 'email': 'text', 'phone': 'text', 'title': 'text', 'is_internal_user': 'boolean', 'mailbox_type': 'text', 'shopify_customer_id': 'text'
          },
          'group': {
              'name': 'text', 'domain': 'text', 'myshopify_domain': 'text', 'phone': 'text', 'plan': 'text', 'timezone': 'text',
              'stripe_customer_id': 'text', 'shopify_shop_id': 'text'
          }
      },
      'states': {
          'billing_lifecycle': {'entity_type': 'group'},
          'app_installation': {'entity_type': 'group'},
          'support_status': {'entity_type': 'person'}
      }
  }) }}
{%- endmacro %}


{#- Returns the parts of the source contract that an adapter of this package has. -#}
{% macro nexus_shipped_sources() -%}
  {{ return({
      'gmail': ['events', 'entity_identifiers', 'entity_traits', 'relationship_declarations', 'event_dimensions', 'states', 'rejects'],
      'google_calendar': ['events', 'entity_identifiers', 'entity_traits', 'relationship_declarations', 'event_dimensions', 'event_measurements', 'rejects'],
      'stripe': ['events', 'entity_identifiers', 'entity_traits', 'relationship_declarations', 'event_dimensions', 'event_measurements', 'states', 'rejects'],
      'shopify': ['events', 'entity_identifiers', 'entity_traits', 'relationship_declarations', 'event_dimensions', 'event_measurements', 'states', 'rejects'],
      'segment': ['events', 'entity_identifiers', 'entity_traits', 'relationship_declarations', 'event_dimensions', 'event_measurements', 'rejects']
  }) }}
{%- endmacro %}


{#- Returns the parts of the source contract: a source `crm` gives part `events` as the model `crm_events`. -#}
{% macro nexus_source_parts() -%}
  {{ return(['events', 'entity_identifiers', 'entity_traits', 'relationship_declarations', 'event_measurements', 'event_dimensions', 'states', 'rejects']) }}
{%- endmacro %}
