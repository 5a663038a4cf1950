{% set found = run_query('select count(*) as n from ' ~ ref('numbers')) -%}
select {{ found.columns[0].values()[0] if execute else 0 }} as n
