{#- What each municipality aims at: its own target, else the one of all (`targets:` in sources.yml). -#}
select
    municipality.municipality_code,
    indicator.indicator,
    coalesce(own.value, common.value) as value,
    case when own.indicator is not null then own.by_date else common.by_date end as by_date
from {{ ref("int_municipality") }} as municipality
cross join {{ ref("indicators") }} as indicator
left join
    {{ source("landing", "target") }} as own
    on municipality.municipality_code = own.municipality_code
    and indicator.indicator = own.indicator
left join
    {{ source("landing", "target") }} as common
    on common.municipality_code is null
    and indicator.indicator = common.indicator
where own.indicator is not null or common.indicator is not null
