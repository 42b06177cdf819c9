select
    md5(
        concat_ws(
            '|',
            assignment.municipality_code,
            person.person_key,
            assignment.role,
            assignment.coordinator_key,
            assignment.first_day,
            assignment.assignment_number
        )
    ) as assignment_key,
    assignment.municipality_code,
    person.person_key,
    assignment.role,
    assignment.coordinator_key,
    assignment.coordinator_area,
    assignment.consent,
    assignment.family_key,
    assignment.first_day,
    assignment.last_day,
    assignment.counts and not assignment.has_no_day as counts,
    case
        when assignment.has_no_day
        then 'no_day_left'
        when assignment.counts
        then null
        when assignment.coordinator_area = 'specialist'
        then 'specialist_coordinator'
        else 'role_not_counted'
    end as not_counted_because,
    cast(assignment.registrations as integer) as registrations,
    cast(assignment.sources as integer) as sources
from {{ ref("int_coordinator__assignment") }} as assignment
inner join {{ ref("int_person") }} as person on assignment.person_number = person.person_number
