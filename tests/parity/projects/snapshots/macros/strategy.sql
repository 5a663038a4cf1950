{% macro snapshot_points_only_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
    {% set key = config.get('unique_key') %}
    {% set updated_at = snapshot_get_time() %}
    {{ return({
        'unique_key': key,
        'updated_at': updated_at,
        'row_changed': '(' ~ snapshotted_rel ~ '.points is distinct from ' ~ current_rel ~ '.points)',
        'scd_id': snapshot_hash_arguments([key, updated_at]),
        'invalidate_hard_deletes': false,
        'hard_deletes': config.get('hard_deletes')
    }) }}
{% endmacro %}
