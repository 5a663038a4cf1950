{{ config(tags=['x']) }}


select * from {{ ref('eph_base') }}
