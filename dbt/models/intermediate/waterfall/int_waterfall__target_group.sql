{#-
    From the registrations taken in to the persons of the target group on each reference date. What a
    step takes away is negative. Grain: one row per municipality, reference date and step.
-#}
with
    service as (
        select
            placed.municipality_code,
            person.person_number,
            placed.service_area,
            placed.first_day,
            placed.first_day + definition.target_service_days as long_enough_day,
            coalesce(
                least(placed.last_day, placed.withdrawn_last_day) < placed.first_day, false
            ) as has_no_day,
            -- The days after the last one: as registered, and with the withdrawal.
            placed.last_day + 1 as ended_day,
            least(placed.last_day, placed.withdrawn_last_day) + 1 as gone_day
        from {{ ref("int_service__row") }} as placed
        inner join
            {{ ref("int_person") }} as person
            on placed.municipality_code = person.municipality_code
            and placed.person_key = person.person_key
        inner join
            {{ ref("int_definition") }} as definition
            on placed.municipality_code = definition.municipality_code
        where placed.disposition = 'counted'
    ),

    span as (
        select
            municipality_code, 'no_day_left' as step, date '-infinity' as first_day, null as until
        from service
        where has_no_day
        union all
        select municipality_code, 'not_begun', date '-infinity', first_day
        from service
        where not has_no_day
        union all
        select municipality_code, 'too_recent', first_day, least(long_enough_day, gone_day)
        from service
        where not has_no_day
        union all
        select municipality_code, 'in_force', least(long_enough_day, gone_day), gone_day
        from service
        where not has_no_day
        union all
        select municipality_code, 'withdrawn', gone_day, ended_day
        from service
        where not has_no_day and gone_day is not null
        union all
        select municipality_code, 'ended', ended_day, null
        from service
        where not has_no_day and ended_day is not null
    ),

    {{ registrations_on_dates("span") }},

    -- A bit for each area: to count bits takes less room than to keep the areas of everybody.
    area as (
        select service_area, cast(row_number() over (order by service_area) as bigint) as place
        from (select distinct service_area from service)
    ),

    person_on_date as (
        select
            service.municipality_code,
            reference.reference_date,
            service.person_number,
            count(*) as services,
            bit_count(bit_or(cast(1 as bigint) << area.place)) as areas
        from service
        inner join area on service.service_area = area.service_area
        inner join
            {{ ref("int_reference_date") }} as reference
            on service.municipality_code = reference.municipality_code
            and reference.reference_date >= service.long_enough_day
            and reference.reference_date < coalesce(service.gone_day, date 'infinity')
        where not service.has_no_day
        group by service.municipality_code, reference.reference_date, service.person_number
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
            case when step = 'in_force' then rows else - rows end as rows
        from step_on_date
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
