{#-
    The e-mail addresses and the names of the employee register, and whose each is: nobody's where
    several employees have it (counting rules, 5.4).
-#}
with
    known_as as (
        select municipality_code, email_key as key, coordinator_key
        from {{ ref("int_employment__row") }}
        where disposition = 'counted' and email_key is not null
        union
        select municipality_code, coordinator_name_key, coordinator_key
        from {{ ref("int_employment__row") }}
        where disposition = 'counted' and coordinator_name_key is not null
    )

select
    municipality_code, key, case when count(*) = 1 then min(coordinator_key) end as coordinator_key
from known_as
group by municipality_code, key
