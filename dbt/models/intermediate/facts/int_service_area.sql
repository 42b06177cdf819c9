{#-
    The areas that services are of, each with a bit of a number: to keep which of them a person has
    takes less room than to keep the areas of everybody.
-#}
select service_area, cast(1 as bigint) << (row_number() over (order by service_area) - 1) as bit
from (select distinct service_area from {{ ref("int_service") }})
