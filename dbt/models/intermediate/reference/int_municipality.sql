{#- The municipalities whose registrations are held here, with the set of definitions that counts them. -#}
with
    held as (
        select municipality_code
        from {{ ref("int_delivery") }}
        where record not in ('befolkning', 'framskriving') and municipality_code is not null
        union
        select municipality_code
        from {{ source("landing", "source") }}
        where record not in ('befolkning', 'framskriving') and municipality_code is not null
    )

select held.municipality_code, any_value(today.name_2024) as municipality_name
from held
left join {{ ref("municipalities") }} as today on held.municipality_code = today.code_2024
group by held.municipality_code
