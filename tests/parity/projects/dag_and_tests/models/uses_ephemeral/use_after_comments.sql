-- a line comment with the word with in it
/* block
   with */
with mine as (
  select * from {{ ref('eph_base') }}
) -- trailing
select * from mine
