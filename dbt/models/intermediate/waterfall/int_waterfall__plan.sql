{#-
    From the registrations taken in to the persons with an active plan on each reference date. What a step
    takes away is negative. Grain: one row per municipality, reference date and step.
-#}
{% set far_off = "date '9999-12-31'" %}

with
    other as (
        select
            municipality_code,
            case
                when plan_type <> 'individual_plan' then 'plan_type_other' else 'plan_not_active'
            end as step,
            - count(*) as rows
        from {{ ref("int_plan__row") }}
        where
            disposition = 'counted'
            and (plan_type <> 'individual_plan' or plan_status not in ('active', 'closed'))
        group by all
    ),

    registration as (
        select
            *,
            case
                when closed_without_date
                then 'closed_without_date'
                when has_no_day
                then 'no_day_left'
            end as never_counts
        from {{ ref("int_plan__registration") }}
    ),

    {{ steps_of("registration") }},

    {{ registrations_on_dates("span") }},

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
        group by all
    ),

    -- On a day between two registrations of one plan nothing is in force.
    person_step as (
        select
            plan.municipality_code,
            reference.reference_date,
            coalesce(person.registrations, 0) as registrations,
            resident.person_number is not null as is_resident
        from {{ ref("int_plan") }} as plan
        inner join
            {{ ref("int_reference_date") }} as reference
            on plan.municipality_code = reference.municipality_code
            and reference.reference_date
            between plan.first_day and coalesce(plan.last_day, {{ far_off }})
        left join
            person_on_date as person
            on plan.person_number = person.person_number
            and reference.reference_date = person.reference_date
        left join
            {{ ref("int_person_date") }} as resident
            on plan.person_number = resident.person_number
            and reference.reference_date = resident.reference_date
    ),

    dated as (
        select
            municipality_code,
            reference_date,
            step,
            case when step = 'in_force' then rows else - rows end as rows
        from step_on_date
        union all
        select municipality_code, reference_date, 'same_person', - sum(registrations - 1)
        from person_step
        where registrations > 0
        group by all
        union all
        select municipality_code, reference_date, 'bridged_gap', count(*)
        from person_step
        where registrations = 0
        group by all
        union all
        select municipality_code, reference_date, 'not_resident', - count(*)
        from person_step
        where not is_resident
        group by all
        union all
        select municipality_code, reference_date, 'persons', count(*)
        from person_step
        where is_resident
        group by all
    )

select municipality_code, reference_date, step, rows
from dated
union all
select other.municipality_code, reference.reference_date, other.step, other.rows
from other
inner join
    {{ ref("int_reference_date") }} as reference
    on other.municipality_code = reference.municipality_code
