{{ config(post_hook="select count(*) from {{ this }}") }}
select '{{ ref("eph_base") }}' as name, id from {{ ref('eph_base') }}
