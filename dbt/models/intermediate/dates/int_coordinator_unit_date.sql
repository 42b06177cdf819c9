{#-
    The residents with a coordinator on each reference date, by the unit and the service area that the
    coordinator works in; of the municipalities that have listed their units.
-#}
select
    reference.municipality_code,
    reference.reference_date,
    assignment.person_number,
    coalesce(
        assignment.coordinator_key, 'assignment ' || assignment.assignment_number
    ) as coordinator,
    coalesce({{ area_of_coordinator() }}, 'unknown') as service_area,
    coalesce(unit.unit, 'unknown') as unit,
    resident.has_plan,
    resident.has_living_plan
from {{ ref("int_coordinator__assignment") }} as assignment
inner join
    (select distinct municipality_code from {{ source("landing", "unit") }}) as listed
    on assignment.municipality_code = listed.municipality_code
inner join
    {{ ref("int_reference_date") }} as reference
    on assignment.municipality_code = reference.municipality_code
    and reference.reference_date
    between assignment.first_day and coalesce(assignment.last_day, date '9999-12-31')
inner join
    {{ ref("int_person_date") }} as resident
    on assignment.person_number = resident.person_number
    and reference.reference_date = resident.reference_date
left join
    {{ ref("int_employee") }} as employee
    on assignment.municipality_code = employee.municipality_code
    and assignment.coordinator_key = employee.coordinator_key
    {{ join_unit_of_coordinator("reference.reference_date") }}
where assignment.counts and not assignment.has_no_day
