{#- The families, where they are known, of the children with a child coordinator on each date. -#}
select
    resident.municipality_code,
    resident.reference_date,
    band.age_scheme,
    band.age_group,
    count(distinct assignment.family_key) as families
from {{ ref("int_person_date") }} as resident
inner join
    {{ ref("int_coordinator__assignment") }} as assignment
    on resident.person_number = assignment.person_number
    and resident.reference_date
    between assignment.first_day and coalesce(assignment.last_day, date '9999-12-31')
inner join {{ ref("int_age_band") }} as band on resident.age is not distinct from band.age
where
    resident.has_child_coordinator
    and resident.age < 18
    and assignment.counts
    and not assignment.has_no_day
    and assignment.role = 'child_coordinator'
group by resident.municipality_code, resident.reference_date, band.age_scheme, band.age_group
