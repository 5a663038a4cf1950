{{ config(materialized='view', alias='alpha_shared') }}
select 'alpha' as package, '{{ model.package_name }}' as said
