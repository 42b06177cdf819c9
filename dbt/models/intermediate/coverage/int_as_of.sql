{#-
    The day the figures are as of: the one the run was asked for, else that of the latest delivery of
    registrations. Statistics of the population are of another kind, and do not move it.
-#}
select
    coalesce(
        (select max(as_of) from {{ source("landing", "run") }}),
        max(delivered) filter (where record not in ('befolkning', 'framskriving')),
        max(delivered)
    ) as as_of
from {{ ref("int_delivery") }}
where status = 'in_force'
