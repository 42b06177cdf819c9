{#-
    From the registrations taken in to the persons with a coordinator on each reference date. What a
    step takes away is negative. Grain: one row per municipality, reference date and step.
-#}
{% set far_off = "date '9999-12-31'" %}

with
    registration as ({{ coordinator_registrations() }}),

    {{ steps_of("registration") }},

    {{ registrations_on_dates("span") }},

    -- Of the persons with registrations in force: who has an assignment that counts, and who
    -- lives here.
    person_on_date as (
        select
            reference.municipality_code,
            reference.reference_date,
            registration.person_number,
            count(*) as registrations
        from registration
        inner join
            {{ ref("int_reference_date") }} as reference
            on registration.municipality_code = reference.municipality_code
            and reference.reference_date
            between registration.first_day and coalesce(registration.last_day, {{ far_off }})
        where registration.never_counts is null
        group by reference.municipality_code, reference.reference_date, registration.person_number
    ),

    assigned as (
        select distinct
            reference.municipality_code, reference.reference_date, assignment.person_number
        from {{ ref("int_coordinator__assignment") }} as assignment
        inner join
            {{ ref("int_reference_date") }} as reference
            on assignment.municipality_code = reference.municipality_code
            and reference.reference_date
            between assignment.first_day and coalesce(assignment.last_day, {{ far_off }})
        where assignment.counts and not assignment.has_no_day
    ),

    person_step as (
        select
            coalesce(person.municipality_code, assigned.municipality_code) as municipality_code,
            coalesce(person.reference_date, assigned.reference_date) as reference_date,
            coalesce(person.registrations, 0) as registrations,
            assigned.person_number is not null as is_assigned,
            resident.person_number is not null as is_resident
        from person_on_date as person
        full outer join
            assigned
            on person.person_number = assigned.person_number
            and person.reference_date = assigned.reference_date
        left join
            {{ ref("int_person_date") }} as resident
            on assigned.person_number = resident.person_number
            and assigned.reference_date = resident.reference_date
    ),

    dated as (
        select
            municipality_code,
            reference_date,
            step,
            case when step = 'in_force' then rows else - rows end as rows
        from step_on_date
        union all
        select other.municipality_code, reference.reference_date, other.step, other.rows
        from ({{ coordinators_written_over("registration") }}) as other
        inner join
            {{ ref("int_reference_date") }} as reference
            on other.municipality_code = reference.municipality_code
        union all
        select municipality_code, reference_date, 'one_at_a_time', - sum(registrations)
        from person_step
        where not is_assigned
        group by all
        union all
        select municipality_code, reference_date, 'same_person', - sum(registrations - 1)
        from person_step
        where is_assigned and registrations > 0
        group by all
        union all
        select municipality_code, reference_date, 'bridged_gap', count(*)
        from person_step
        where is_assigned and registrations = 0
        group by all
        union all
        select municipality_code, reference_date, 'not_resident', - count(*)
        from person_step
        where is_assigned and not is_resident
        group by all
        union all
        select municipality_code, reference_date, 'persons', count(*)
        from person_step
        where is_assigned and is_resident
        group by all
    )

select municipality_code, reference_date, step, rows
from dated
