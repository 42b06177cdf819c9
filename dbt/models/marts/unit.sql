{#- The units that a municipality has listed (`units:` in sources.yml), as it has listed them. -#}
select distinct municipality_code, unit, service_area, owner, first_day, last_day
from {{ source("landing", "unit") }}
