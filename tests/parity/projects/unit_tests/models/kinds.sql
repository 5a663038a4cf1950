{{ config(contract={'enforced': false}) }}
select
    cast(null as integer) as whole, cast(null as bigint) as big, cast(null as double) as fraction, cast(null as decimal(10, 3)) as money,
    cast(null as varchar) as words, cast(null as boolean) as truth, cast(null as date) as day, cast(null as timestamp) as moment,
    cast(null as time) as clock, cast(null as integer[]) as list, cast(null as struct(a integer, b varchar)) as pair, cast(null as json) as document,
    cast(null as varchar) as "Mixed Case", cast(null as uuid) as id, cast(null as blob) as bytes
