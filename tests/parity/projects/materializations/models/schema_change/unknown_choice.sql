{{ config(on_schema_change='not_a_choice') }}
select 1 as id
