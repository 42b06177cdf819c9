{#-
    Registrations that still name a coordinator who has left: those that would be in force on the
    reference date, had employment not ended them (counting rules, 3.3).
-#}
{% set far_off = "date '9999-12-31'" %}

with
    registration as (
        select
            closed.municipality_code,
            closed.person_number,
            closed.coordinator_key,
            coalesce(closed.coordinator_area, employee.service_area) as service_area,
            closed.first_day as registered_from,
            greatest(closed.first_day, closed.last_day + 1) as first_day,
            coalesce(closed.last_day_if_employed, {{ far_off }}) as last_day,
            closed.delivery_number,
            closed.registration
        from {{ ref("int_coordinator__closed") }} as closed
        inner join
            {{ ref("int_employee") }} as employee
            on closed.municipality_code = employee.municipality_code
            and closed.coordinator_key = employee.coordinator_key
        where
            closed.closed_by = 'closed_by_employment'
            and closed.role_counts
            and not closed.is_specialist
    ),

    named as (
        select
            registration.municipality_code,
            reference.reference_date,
            registration.person_number,
            registration.coordinator_key,
            registration.service_area,
            registration.registered_from,
            registration.delivery_number,
            registration.registration,
            coalesce(member.has_coordinator, false) as has_coordinator
        from registration
        inner join
            {{ ref("int_reference_date") }} as reference
            on registration.municipality_code = reference.municipality_code
            and reference.reference_date between registration.first_day and registration.last_day
        inner join
            {{ ref("int_person") }} as person
            on registration.person_number = person.person_number
            and {{ lives_here_on("person", "reference.reference_date") }}
        left join
            {{ ref("int_person_date") }} as member
            on registration.person_number = member.person_number
            and reference.reference_date = member.reference_date
    ),

    coordinator as (
        select
            municipality_code,
            reference_date,
            coordinator_key,
            -- One who worked in several areas is counted where the newest registration is.
            arg_max(service_area, (registered_from, delivery_number, registration)) filter (
                where service_area is not null
            ) as service_area
        from named
        group by municipality_code, reference_date, coordinator_key
    )

select
    named.municipality_code,
    named.reference_date,
    place.service_area,
    cast(count(distinct named.coordinator_key) as bigint) as coordinators,
    cast(count(distinct named.person_number) as bigint) as persons,
    cast(
        count(distinct named.person_number) filter (where not named.has_coordinator) as bigint
    ) as persons_without
from named
inner join
    (
        select * replace (coalesce(service_area, 'unknown') as service_area)
        from coordinator
        union all
        select * replace ('all' as service_area)
        from coordinator
    ) as place
    on named.municipality_code = place.municipality_code
    and named.reference_date = place.reference_date
    and named.coordinator_key = place.coordinator_key
group by named.municipality_code, named.reference_date, place.service_area
