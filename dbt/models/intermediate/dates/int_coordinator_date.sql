{#-
    The coordinators of residents on each reference date, each with the persons whom they coordinate
    and the area and sector that they work in. One whom nobody names is one for each assignment.
-#}
with
    at_work as (
        select
            reference.municipality_code,
            reference.reference_date,
            assignment.person_number,
            coalesce(
                assignment.coordinator_key, 'assignment ' || assignment.assignment_number
            ) as coordinator,
            {{ area_of_coordinator() }} as service_area,
            assignment.first_day,
            assignment.assignment_number
        from {{ ref("int_coordinator__assignment") }} as assignment
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
    ),

    coordinator as (
        select
            municipality_code,
            reference_date,
            coordinator,
            -- One who works in several areas is counted where the newest assignment is.
            arg_max(service_area, (first_day, assignment_number)) filter (
                where service_area is not null
            ) as service_area,
            count(distinct person_number) as persons
        from at_work
        group by municipality_code, reference_date, coordinator
    )

select
    coordinator.municipality_code,
    coordinator.reference_date,
    coordinator.coordinator,
    area.service_area,
    area.sector,
    coordinator.persons
from coordinator
left join {{ ref("service_areas") }} as area on coordinator.service_area = area.service_area
