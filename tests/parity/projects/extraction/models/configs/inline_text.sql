select '{{ config(materialized="table") }}{{ config(tags=["x"]) == "" }}' as printed
