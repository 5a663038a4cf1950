-- One row an identifier and its component: 32 hex digits, the md5 of `entity_type|identifier_type|identifier_value` of the
-- component's smallest identifier by (type, value) in byte order. Exact at any diameter.
{{ config(materialized=nexus.nexus_components_materialization()) }}
{{ nexus.nexus_identity_components() }}
