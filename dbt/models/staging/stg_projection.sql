{{ config(materialized="table") }} {{ population_rows("framskriving") }}
