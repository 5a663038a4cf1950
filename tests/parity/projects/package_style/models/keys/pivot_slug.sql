select {{ toolbox.pivot('kind', ['Page View', "it's-1", '9lives'], quote_identifiers=false, agg='count', else_value='null') }} from {{ ref('events') }}
