{{ config(dataset='one', project='two', dbname='three') }}
-- {{ this.can_be_renamed }} {{ this.to_dict() }}
select '{{ this.schema }}' as kept, '{{ config.get('dataset') }}' as own
