{#-
    Times without a coordinator between two assignments that ended in the 365 days up to and including
    each reference date, with the quartiles of their days, by age group: of residents on the date and
    by their age on it.
-#}
select
    reference.municipality_code,
    reference.reference_date,
    band.age_scheme,
    band.age_group,
    count(*) as coordinator_gap,
    quantile_cont(gap.days, [0.25, 0.5, 0.75]) as coordinator_gap_quartiles
from {{ ref("int_reference_date") }} as reference
inner join
    {{ ref("int_coordinator__gap") }} as gap
    on reference.municipality_code = gap.municipality_code
    and gap.last_day + 1 {{ within_a_year("reference.reference_date") }}
inner join
    {{ ref("int_person") }} as person
    on gap.person_number = person.person_number
    and {{ lives_here_on("person", "reference.reference_date") }}
inner join
    {{ ref("int_age_band") }} as band
    on {{ age_on("person.birth_date", "reference.reference_date") }} is not distinct from band.age
group by reference.municipality_code, reference.reference_date, band.age_scheme, band.age_group
