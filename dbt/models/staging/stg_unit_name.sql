{{ config(materialized="table") }}

{#- What each name of a unit stands for, from day to day (`units:` in sources.yml). -#}
select municipality_code, written_folded, unit, service_area, first_day, last_day
from {{ source("landing", "unit_name") }}
