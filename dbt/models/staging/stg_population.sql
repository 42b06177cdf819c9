{{ config(materialized="table") }} {{ population_rows("befolkning") }}
