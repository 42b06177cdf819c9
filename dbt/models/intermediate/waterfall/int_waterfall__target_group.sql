{#-
    From the registrations taken in to the persons of the target group on each reference date. What a
    step takes away is negative. Grain: one row per municipality, reference date and step.
-#}
{% set far_off = "date '9999-12-31'" %}

with
    on_date as (
        select
            reference.municipality_code,
            reference.reference_date,
            service.person_number,
            service.service_area,
            case
                when
                    coalesce(
                        least(service.last_day, service.withdrawn_last_day) < service.first_day,
                        false
                    )
                then 'no_day_left'
                when reference.reference_date < service.first_day
                then 'not_begun'
                when reference.reference_date > coalesce(service.last_day, {{ far_off }})
                then 'ended'
                when reference.reference_date > coalesce(service.withdrawn_last_day, {{ far_off }})
                then 'withdrawn'
                when reference.reference_date < service.first_day + definition.target_service_days
                then 'too_recent'
                else 'in_force'
            end as step
        from
            (
                select placed.*, person.person_number
                from {{ ref("int_service__row") }} as placed
                inner join
                    {{ ref("int_person") }} as person
                    on placed.municipality_code = person.municipality_code
                    and placed.person_key = person.person_key
                where placed.disposition = 'counted'
            ) as service
        inner join
            {{ ref("int_definition") }} as definition
            on service.municipality_code = definition.municipality_code
        inner join
            {{ ref("int_reference_date") }} as reference
            on service.municipality_code = reference.municipality_code
    ),

    person_on_date as (
        select
            municipality_code,
            reference_date,
            person_number,
            count(*) as services,
            count(distinct service_area) as areas
        from on_date
        where step = 'in_force'
        group by municipality_code, reference_date, person_number
    ),

    person_step as (
        select
            coalesce(person.municipality_code, member.municipality_code) as municipality_code,
            coalesce(person.reference_date, member.reference_date) as reference_date,
            coalesce(person.services, 0) as services,
            coalesce(person.areas >= definition.target_service_areas, false) as has_areas,
            member.person_number is not null as is_member
        from person_on_date as person
        full outer join
            {{ ref("int_person_date") }} as member
            on person.person_number = member.person_number
            and person.reference_date = member.reference_date
        inner join
            {{ ref("int_definition") }} as definition
            on coalesce(person.municipality_code, member.municipality_code)
            = definition.municipality_code
    ),

    dated as (
        select
            municipality_code,
            reference_date,
            step,
            case when step = 'in_force' then count(*) else - count(*) end as rows
        from on_date
        group by municipality_code, reference_date, step
        union all
        select municipality_code, reference_date, 'same_person', - sum(services - 1)
        from person_step
        where services > 0
        group by all
        union all
        select municipality_code, reference_date, 'too_few_areas', - count(*)
        from person_step
        where services > 0 and not has_areas
        group by all
        union all
        select municipality_code, reference_date, 'by_coordinator_or_plan', count(*)
        from person_step
        where not has_areas and is_member
        group by all
        union all
        select municipality_code, reference_date, 'not_resident', - count(*)
        from person_step
        where has_areas and not is_member
        group by all
        union all
        select municipality_code, reference_date, 'persons', count(*)
        from person_step
        where is_member
        group by all
    )

select municipality_code, reference_date, step, rows
from dated
