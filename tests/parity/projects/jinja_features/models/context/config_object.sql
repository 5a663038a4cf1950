{{ config(materialized='table', my_key='custom', my_dict={'a': [1, 2]}, meta={'m': 'meta value'}) }}
{%- set set_result = config.set('later', 1) -%}
{{ cells([
  ('get', config.get('materialized')), ('get_custom', config.get('my_key')), ('get_dict', config.get('my_dict', {})), ('get_default', config.get('absent', 'dflt')), ('get_default_named', config.get('absent', default='named')), ('get_none', config.get('absent')), ('require', config.require('materialized')), ('config_call', config(materialized='table') == ''), ('set', set_result == ''), ('persist', config.persist_relation_docs()), ('get_meta', config.get('meta', {})), ('meta_get', config.meta_get('m')), ('meta_get_default', config.meta_get('nope', 'd')),
]) }}
