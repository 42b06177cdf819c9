{#- Inhabitants on 1 January of the reference date's year, by age group. -#}
select
    reference.municipality_code,
    reference.reference_date,
    band.age_scheme,
    band.age_group,
    cast(sum(inhabitants.persons) as bigint) as inhabitants,
    cast(
        sum(case when inhabitants.age < 18 then inhabitants.persons else 0 end) as bigint
    ) as inhabitants_under_18
from {{ ref("int_reference_date") }} as reference
inner join
    {{ ref("int_inhabitants") }} as inhabitants
    on reference.municipality_code = inhabitants.municipality_code
    and extract(year from reference.reference_date) = inhabitants.year
inner join {{ ref("int_age_band") }} as band on inhabitants.age = band.age
group by reference.municipality_code, reference.reference_date, band.age_scheme, band.age_group
